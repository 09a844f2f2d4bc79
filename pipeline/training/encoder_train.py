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
from dataclasses import dataclass
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


def polarity_of(scores: np.ndarray) -> np.ndarray:
    """Return the probabilities of polarity in a network's scores, shape (sentences, 4)."""
    return np.asarray(softmax(scores[:, : len(POLARITIES)], axis=1))


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


@dataclass(frozen=True)
class Heard:
    """What the large network says of the polarity before it learns more of themes.

    It then hears small words best, so it alone says the polarity of sentences in which a word or
    two are changed, and what it says of these counts and not the rule that made them.

    Parameters
    ----------
    uncoded
        Of uncoded sentences; shape (sentences, 4).
    turned, of_turned
        The first :data:`DISTILLED` of them, turned into their opposite, and what is said of these.
    changed, of_changed
        The first :data:`VARIED` of them, changed whatever they then say, and what is said of these.
    """

    uncoded: np.ndarray
    turned: pd.DataFrame
    of_turned: np.ndarray
    changed: pd.DataFrame
    of_changed: np.ndarray


def heard_by(large: Network, uncoded: pd.DataFrame) -> Heard:
    """Return what the network says of uncoded sentences and of those made of them."""
    said = polarity_of(scores_of(large, uncoded))
    some = uncoded.head(DISTILLED)
    polarity = [POLARITIES[place] for place in said[:DISTILLED].argmax(axis=1)]
    turned, changed = (
        switched(some.assign(polarity=polarity), SEED),
        varied(uncoded.head(VARIED), SEED),
    )
    of_turned, of_changed = (polarity_of(scores_of(large, made)) for made in (turned, changed))
    return Heard(said, turned, of_turned, changed, of_changed)


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
    heard = heard_by(large, elsewhere)
    fine_tune(large, gold, gold_targets(gold), LARGE_THEME_EPOCHS, LARGE_RATE,
              themes_faster=LARGE_THEMES_FASTER)  # fmt: skip
    network = small_network(size)
    fine_tune(network, seen, gold_targets(seen), EPOCHS, RATE)
    some, of_large = elsewhere.head(DISTILLED), scores_of(large, elsewhere)
    polarity = np.vstack([heard.uncoded[:DISTILLED], heard.of_turned])
    further = with_themes(polarity, [of_large[:DISTILLED], scores_of(network, some)])
    sentences = pd.concat([some, heard.turned], ignore_index=True)
    fine_tune(network, *both(seen, sentences, further), DISTILLED_EPOCHS, RATE)
    of_both = [of_large, scores_of(network, elsewhere)]
    said = np.mean([heard.uncoded, *map(polarity_of, of_both)], axis=0)
    further = with_themes(np.vstack([said, heard.of_changed]), of_both)
    sentences = pd.concat([elsewhere, heard.changed], ignore_index=True)
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
