"""Fine-tune the encoder: one MiniLM, a head for polarity and a head for themes.

Trains several times without the councils that are kept aside, takes the mean, and keeps that
encoder to be measured and to teach the linear models (``teacher.npz``: what it says of uncoded
sentences); then goes on with every council and writes ``encoder.onnx`` and its entry in
``index.json``. The themes' loss counts only
where the polarity is not ``none``. Parts of the context are left out at random, so that a sentence
a user brings without its section is coded as well as it can be.

Needs the extra ``train``: no other module may import this one before it is asked for.
"""

import hashlib
import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.special import expit
from torch import nn

from pipeline.codebook import read_codebook
from pipeline.coding.encoder import contexts, read_tokenizer
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
from pipeline.training.encoder_network import Network, Tensors, averaged, tokenizer_text
from pipeline.training.evaluate import RANDOM_STRATA
from pipeline.training.held_out import split
from pipeline.training.labelled import (
    labelled_sentences,
    near_misses,
    polarity_targets,
    theme_targets,
    uncoded_sentences,
)
from pipeline.training.notes import note_model
from pipeline.training.switched import switched
from pipeline.training.teacher import ENCODER_FILE, write_teacher

EPOCHS, BATCH, RATE, WARM_UP = 4, 16, 8e-5, 0.1
# Going on with all councils: once over them, beginning at half the rate.
MORE_EPOCHS, MORE_RATE = 1, 4e-5
HEADS_FASTER = 10
DROP_PART, DROP_CONTEXT = 0.1, 0.1
POOL = 16
THEMES_WEIGHT = 0.5
# Orders of the sentences: one network is trained for each.
SEEDS = (1, 2)
READ_AT_ONCE = 32
# Sentences whose ranges are measured, and uncoded ones that are taught to the linear models.
RANGED, TAUGHT = 1000, 40_000
EMPTY: dict[str, Any] = {"section": "", "bullet": False, "doc_type": "", "previous": ""}
FILE = "encoder.onnx"
Tokens = Any
log = logging.getLogger("findings")


def thinned(frame: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
    """Return ``frame`` with parts of the sentences' context left out at random."""
    rows = frame[list(EMPTY)].to_dict("records")
    for row in rows:
        if chance.random() < DROP_CONTEXT:
            row.update(EMPTY)
        else:
            row.update({k: v for k, v in EMPTY.items() if chance.random() < DROP_PART})
    return pd.DataFrame(rows).assign(text=frame["text"].to_numpy())


def tensors(items: list[Tokens]) -> Tensors:
    """Return token ids, segment ids and attention mask of ``items``, padded to the longest."""
    size = max(len(item.ids) for item in items)
    array = np.zeros((3, len(items), size), dtype=np.int64)
    for row, item in enumerate(items):
        array[:, row, : len(item.ids)] = (item.ids, item.type_ids, item.attention_mask)
    return tuple(torch.from_numpy(array))


def batches(lengths: list[int], chance: random.Random) -> Iterator[list[int]]:
    """Yield random batches of row numbers whose lengths are alike (less padding)."""
    order = list(range(len(lengths)))
    chance.shuffle(order)
    groups = []
    for start in range(0, len(order), BATCH * POOL):
        pool = sorted(order[start : start + BATCH * POOL], key=lambda row: lengths[row])
        groups += [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
    chance.shuffle(groups)
    yield from groups


def loss_of(scores: Tensors, polarity: Any, themes: Any) -> Any:
    """Return the joint loss; ``none`` sentences teach the themes' head nothing."""
    finding = (polarity != POLARITIES.index("none")).float()
    by_theme = nn.functional.binary_cross_entropy_with_logits(scores[1], themes, reduction="none")
    theme_loss = (by_theme.sum(1) * finding).sum() / finding.sum().clamp(min=1)
    return nn.functional.cross_entropy(scores[0], polarity) + THEMES_WEIGHT * theme_loss


class Trainer:
    """A network with its optimiser and the schedule of its learning rate over ``steps``."""

    def __init__(self, network: Network, steps: int, rate: float) -> None:
        network.train()
        self.network = network
        heads = [*network.polarity.parameters(), *network.themes.parameters()]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in network.body.parameters() if p.requires_grad]},
                {"params": heads, "lr": rate * HEADS_FASTER},
            ],
            lr=rate, weight_decay=0.01, fused=True,
        )  # fmt: skip
        warm = max(1, round(WARM_UP * steps))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm))),
        )

    def step(self, inputs: Tensors, polarity: Any, themes: Any) -> float:
        """Learn from one batch and return its loss."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = self.network(*inputs)
        loss = loss_of(tuple(part.float() for part in scores), polarity, themes)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=False)
        self.schedule.step()
        return float(loss.item())


def fine_tune(
    frame: pd.DataFrame, network: Network, epochs: int, rate: float, seed: int
) -> Network:
    """Return the network after so many epochs over labelled sentences."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    tokenizer = read_tokenizer(tokenizer_text())
    polarity = torch.from_numpy(polarity_targets(frame).argmax(axis=1))
    marked = torch.from_numpy(theme_targets(frame, read_codebook().codes)).float()
    trainer = Trainer(network, epochs * -(-len(frame) // BATCH), rate)
    for epoch in range(1, epochs + 1):
        seen = thinned(frame, chance)
        tokens = tokenizer.encode_batch(list(zip(contexts(seen), seen["text"], strict=True)))
        losses = [
            trainer.step(tensors([tokens[row] for row in rows]), polarity[rows], marked[rows])
            for rows in batches([len(item.ids) for item in tokens], chance)
        ]
        log.info("epoch %d of %d: mean loss %.3f", epoch, epochs, np.mean(losses))
    network.eval()
    return network


def scores_of(network: Network, frame: pd.DataFrame) -> np.ndarray:
    """Return the scores of polarity and of the themes, shape (sentences, 4 + themes)."""
    tokenizer = read_tokenizer(tokenizer_text())
    tokens = tokenizer.encode_batch(list(zip(contexts(frame), frame["text"], strict=True)))
    order = np.argsort([len(item.ids) for item in tokens], kind="stable")
    scores = np.zeros((len(frame), len(POLARITIES) + network.themes.out_features))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), READ_AT_ONCE):
            rows = order[start : start + READ_AT_ONCE]
            both = network(*tensors([tokens[row] for row in rows]))
            scores[rows] = torch.cat(both, dim=1).float().numpy()
    return scores


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
    tokenizer = read_tokenizer(tokenizer_text())
    tokens = tokenizer.encode_batch(list(zip(contexts(frame), frame["text"], strict=True)))
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
    some = frame.sample(min(len(frame), RANGED), random_state=SEEDS[0])
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    model = build(state, ranges_of(network, some))
    return packed(model, tokenizer_text(), read_codebook().codes, scaling)


def soft_labels(scores: np.ndarray, scaling: Scaling) -> np.ndarray:
    """Return probabilities of polarity and of every theme from a network's scores."""
    polarity = scaling.probabilities(scores[:, : len(POLARITIES)])
    return np.hstack([polarity, expit(scores[:, len(POLARITIES) :])]).astype(np.float32)


def with_further(frame: pd.DataFrame) -> pd.DataFrame:
    """Return labelled sentences with made-up near misses and those turned by a word or two."""
    return pd.concat([frame, switched(frame, SEEDS[0]), near_misses("train")], ignore_index=True)


def main(cleaned: Path, labels: Path, models: Path, work: Path) -> None:
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
    seen, frame = with_further(seen), with_further(frame)
    size = len(read_codebook().codes)
    network = averaged([fine_tune(seen, Network(size), EPOCHS, RATE, seed) for seed in SEEDS])
    random_ones = aside[aside["stratum"].isin(RANDOM_STRATA)]
    scaling = fit_scaling(scores_of(network, random_ones)[:, : len(POLARITIES)], random_ones)
    uncoded = uncoded_sentences(cleaned, frame, TAUGHT)
    write_teacher(work, uncoded, soft_labels(scores_of(network, uncoded), scaling))
    write_whole(work / ENCODER_FILE, exported(network, seen, scaling))
    fine_tune(frame, network, MORE_EPOCHS, MORE_RATE, SEEDS[0])
    data = exported(network, frame, scaling)
    write_whole(models / FILE, data)
    note_model(models, "encoder", FILE, hashlib.sha256(data).hexdigest(), len(frame))
