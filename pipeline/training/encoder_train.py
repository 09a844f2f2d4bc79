"""Train the encoder: a large network learns the gold labels and teaches MiniLM, which ships.

Both have a head for polarity and a head for themes (:mod:`pipeline.training.encoder_network`), and
both learn the labels without the councils that are kept aside. MiniLM then learns what the large
one says of the polarity of uncoded sentences, and of those of them in which a word or two are
changed, and what the two say of their themes, on average (distillation; Hinton, Vinyals and Dean
2015): first of some, then, as one of the teachers itself, of all. It is kept to be measured and to
teach the linear models (``teacher.npz``: what is said of uncoded sentences); then it goes on with
the labels of every council and is written as ``encoder.onnx``, with its entry in ``index.json``.

Needs the extra ``train``: no other module may import this one before it is asked for.
"""

import hashlib
import logging
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.special import expit, softmax

from pipeline.codebook import read_codebook
from pipeline.coding.encoder import contexts
from pipeline.coding.scaling import Scaling
from pipeline.errors import UsageError
from pipeline.frames import write_whole
from pipeline.schema import POLARITIES
from pipeline.training.calibrate import fit_scaling
from pipeline.training.encoder_export import (
    LAYER,
    LAYERS,
    READERS,
    Ranges,
    build,
    packed,
)
from pipeline.training.encoder_network import Network, Tensors, small_network, tokenizer_text
from pipeline.training.evaluate import RANDOM_STRATA
from pipeline.training.fine_tuning import (
    READ_AT_ONCE,
    SEED,
    fine_tune,
    gold_targets,
    scores_of,
    tensors,
)
from pipeline.training.held_out import is_held_out, split
from pipeline.training.labelled import labelled_sentences, near_misses, uncoded_sentences
from pipeline.training.notes import note_model
from pipeline.training.switched import switched, varied
from pipeline.training.teacher import ENCODER_FILE, write_teacher

LARGE_EPOCHS, LARGE_RATE = 3, 3e-5
# Then with the gold labels alone and a faster head for themes, which learns too little before.
LARGE_THEME_EPOCHS, LARGE_THEMES_FASTER = 2, 100
EPOCHS, RATE = 4, 8e-5
# Going on with what the networks say: of so many uncoded sentences first, then of all.
DISTILLED, DISTILLED_EPOCHS, ALL_EPOCHS = 20_000, 3, 2
# Uncoded sentences in which a word or two are changed, where there is such a word.
VARIED = 16_000
# Going on with all councils: once over them, beginning at half the rate.
MORE_EPOCHS, MORE_RATE = 1, 4e-5
# Sentences whose ranges are measured, and uncoded ones that are taught to the linear models.
RANGED, TAUGHT = 1000, 40_000
FILE = "encoder.onnx"
log = logging.getLogger("findings")


def ranges_of(network: Network, frame: pd.DataFrame) -> Ranges:
    """Return the largest magnitude of every channel that the linear layers read."""
    found: Ranges = {}
    mask: dict[str, Any] = {}

    def watch(name: str) -> Any:
        def seen(_: Any, inputs: Tensors) -> None:
            values = inputs[0].reshape(-1, inputs[0].shape[-1])[mask["tokens"]]
            top = values.abs().amax(0).numpy()
            found[name] = np.maximum(found.get(name, top), top)

        return seen

    hooks = [
        network.get_submodule(f"{LAYER}{n}.{name}").register_forward_pre_hook(
            watch(f"{LAYER}{n}.{name}")
        )
        for n in range(LAYERS)
        for name in READERS
    ]
    pairs = list(zip(contexts(frame), frame["text"], strict=True))
    tokens = network.tokenizer.encode_batch(pairs)
    with torch.no_grad():
        for start in range(0, len(tokens), READ_AT_ONCE):
            given = tensors(tokens[start : start + READ_AT_ONCE])
            mask["tokens"] = given[2].reshape(-1).bool()
            network(*given)
    for hook in hooks:
        hook.remove()
    return found


def exported(network: Network, frame: pd.DataFrame, scaling: Scaling) -> bytes:
    """Return the bytes of the ONNX file of a network that was fine-tuned on ``frame``."""
    some = frame.sample(min(len(frame), RANGED), random_state=SEED)
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    model = build(state, ranges_of(network, some))
    return packed(model, tokenizer_text(), read_codebook().codes, scaling)


def soft_labels(scores: np.ndarray, scaling: Scaling) -> np.ndarray:
    """Return probabilities of polarity and of every theme from a network's scores."""
    polarity = scaling.probabilities(scores[:, : len(POLARITIES)])
    return np.hstack([polarity, expit(scores[:, len(POLARITIES) :])]).astype(np.float32)


def with_further(frame: pd.DataFrame) -> pd.DataFrame:
    """Return labelled sentences with made-up near misses and those turned by a word or two."""
    return pd.concat([frame, switched(frame, SEED), near_misses("train")], ignore_index=True)


def polarity_said(network: Network, frame: pd.DataFrame) -> np.ndarray:
    """Return the probabilities of polarity that a network gives, shape (sentences, 4)."""
    return np.asarray(softmax(scores_of(network, frame)[:, : len(POLARITIES)], axis=1))


def with_themes(polarity: np.ndarray, themes: list[np.ndarray]) -> np.ndarray:
    """Return targets, as :func:`~pipeline.training.fine_tuning.fine_tune` takes them.

    Parameters
    ----------
    polarity
        Probabilities; shape (sentences, 4).
    themes
        Scores of the first so many sentences by several networks: they teach what these say on
        average. The others teach no theme.
    """
    said = np.mean([expit(scores[:, len(POLARITIES) :]) for scores in themes], axis=0)
    none = np.full((len(polarity) - len(said), said.shape[1]), np.nan)
    return np.hstack([polarity, np.vstack([said, none])])


def some_said(
    early: Network, others: tuple[Network, ...], uncoded: pd.DataFrame
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return uncoded sentences, and others made of them, with what the networks say of them.

    Sentences that a word or two turn into their opposite stand a second time, turned; what the
    network says of them counts and not the rule.

    Parameters
    ----------
    early
        Says the polarity: the large network as it was before it learned more of themes.
    others
        Say the themes.
    uncoded
        The sentences.

    Returns
    -------
    DataFrame, ndarray
        ``uncoded`` first, then the turned sentences; what :func:`with_themes` returns.
    """
    said = polarity_said(early, uncoded)
    polarity = [POLARITIES[place] for place in said.argmax(axis=1)]
    opposite = switched(uncoded.assign(polarity=polarity), SEED)
    whole = np.vstack([said, polarity_said(early, opposite)])
    themes = [scores_of(network, uncoded) for network in others]
    return pd.concat([uncoded, opposite], ignore_index=True), with_themes(whole, themes)


def all_said(
    early: Network, others: tuple[Network, ...], uncoded: pd.DataFrame
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return what :func:`some_said` does, with all networks saying the polarity on average.

    Here the further sentences are any in which a word or two are changed, whatever they then say,
    also of several clauses; of them ``early`` alone says the polarity, as it hears small words
    best.
    """
    scores = [scores_of(network, uncoded) for network in others]
    polarity = [softmax(given[:, : len(POLARITIES)], axis=1) for given in scores]
    said = np.mean([polarity_said(early, uncoded), *polarity], axis=0)
    changed = varied(uncoded.head(VARIED), SEED)
    whole = np.vstack([said, polarity_said(early, changed)])
    return pd.concat([uncoded, changed], ignore_index=True), with_themes(whole, scores)


def both(
    frame: pd.DataFrame, sentences: pd.DataFrame, targets: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return labelled sentences and others with their targets as one, with all targets."""
    return (
        pd.concat([frame, sentences], ignore_index=True),
        np.vstack([gold_targets(frame), targets]),
    )


def main(cleaned: Path, labels: Path, pretrained: Path, models: Path, work: Path) -> None:
    """Train, keep what is needed to measure and to teach below ``work``, and write the encoder.

    Raises
    ------
    UsageError
        If there is no labelled sentence to train on, or none to measure on.
    """
    frame = labelled_sentences(cleaned, labels)
    seen, aside = split(frame)
    if seen.empty or aside.empty:
        raise UsageError(f"{labels}: {len(seen)} labelled sentences to train on and {len(aside)} "
                         "to measure on; label more councils")  # fmt: skip
    uncoded = uncoded_sentences(cleaned, frame, TAUGHT)
    elsewhere = uncoded[~uncoded["council"].map(is_held_out).astype(bool)]
    gold, seen, frame = seen, with_further(seen), with_further(frame)
    size = len(read_codebook().codes)
    large = Network(pretrained, size)
    fine_tune(large, seen, gold_targets(seen), LARGE_EPOCHS, LARGE_RATE)
    early = deepcopy(large)
    fine_tune(large, gold, gold_targets(gold), LARGE_THEME_EPOCHS, LARGE_RATE,
              themes_faster=LARGE_THEMES_FASTER)  # fmt: skip
    network = small_network(size)
    fine_tune(network, seen, gold_targets(seen), EPOCHS, RATE)
    some = some_said(early, (large, network), elsewhere.head(DISTILLED))
    fine_tune(network, *both(seen, *some), DISTILLED_EPOCHS, RATE)
    sentences, further = all_said(early, (large, network), elsewhere)
    fine_tune(network, *both(seen, sentences, further), ALL_EPOCHS, RATE)
    random_ones = aside[aside["stratum"].isin(RANDOM_STRATA)]
    scaling = fit_scaling(scores_of(network, random_ones)[:, : len(POLARITIES)], random_ones)
    said = soft_labels(scores_of(network, uncoded), scaling)
    said[elsewhere.index] = further[: len(elsewhere)]
    write_teacher(work, uncoded, said)
    write_whole(work / ENCODER_FILE, exported(network, seen, scaling))
    fine_tune(network, *both(frame, sentences, further), MORE_EPOCHS, MORE_RATE)
    data = exported(network, frame, scaling)
    write_whole(models / FILE, data)
    note_model(models, "encoder", FILE, hashlib.sha256(data).hexdigest(), len(frame))
