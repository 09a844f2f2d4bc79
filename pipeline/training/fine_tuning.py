"""Fine-tune a network of two heads on labelled sentences, and ask it about others.

Parts of the context are left out
at random, so that a sentence a user brings without its section is coded as well as it can be.

Needs the extra ``train``, as :mod:`pipeline.training.encoder_train` does.
"""

import logging
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from pipeline.codebook import read_codebook
from pipeline.coding.encoder import contexts
from pipeline.schema import POLARITIES
from pipeline.training.encoder_network import Network, Tensors
from pipeline.training.labelled import polarity_targets, theme_targets

BATCH, WARM_UP = 16, 0.1
HEADS_FASTER = 10
DROP_PART, DROP_CONTEXT = 0.1, 0.1
POOL = 16
THEMES_WEIGHT = 0.5
READ_AT_ONCE = 32
SEED = 1
EMPTY: dict[str, Any] = {"section": "", "bullet": False, "doc_type": "", "previous": ""}
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


def loss_of(scores: Tensors, targets: Any) -> Any:
    """Return the joint loss of scores against what :func:`fine_tune` is given."""
    polarity, themes = targets[:, : len(POLARITIES)], targets[:, len(POLARITIES) :]
    known = ~themes.isnan()
    by_theme = nn.functional.binary_cross_entropy_with_logits(
        scores[1], themes.nan_to_num(), reduction="none"
    )
    theme_loss = (by_theme * known).sum() / known.any(dim=1).sum().clamp(min=1)
    return nn.functional.cross_entropy(scores[0], polarity) + THEMES_WEIGHT * theme_loss


class Trainer:
    """A network with its optimiser and the schedule of its learning rate over ``steps``."""

    def __init__(self, network: Network, steps: int, rate: float, themes_faster: int) -> None:
        network.train()
        self.network = network
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in network.body.parameters() if p.requires_grad]},
                {"params": network.polarity.parameters(), "lr": rate * HEADS_FASTER},
                {"params": network.themes.parameters(), "lr": rate * themes_faster},
            ],
            lr=rate, weight_decay=0.01, fused=True,
        )  # fmt: skip
        warm = max(1, round(WARM_UP * steps))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm))),
        )

    def step(self, inputs: Tensors, targets: Any) -> float:
        """Learn from one batch and return its loss."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = self.network(*inputs)
        loss = loss_of(tuple(part.float() for part in scores), targets)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=False)
        self.schedule.step()
        return float(loss.item())


def gold_targets(frame: pd.DataFrame) -> np.ndarray:
    """Return the labels of sentences as 0 or 1; those that are no finding teach no theme."""
    themes = theme_targets(frame, read_codebook().codes).astype(float)
    themes[(frame["polarity"] == "none").to_numpy()] = np.nan
    return np.hstack([polarity_targets(frame), themes])


def _tokens(network: Network, frame: pd.DataFrame) -> list[Tokens]:
    pairs = list(zip(contexts(frame), frame["text"], strict=True))
    return list(network.tokenizer.encode_batch(pairs))


def fine_tune(
    network: Network, frame: pd.DataFrame, targets: np.ndarray, epochs: int, rate: float,
    *, themes_faster: int = HEADS_FASTER,
) -> None:  # fmt: skip
    """Train a network for so many epochs.

    Parameters
    ----------
    network
        Is changed.
    frame, targets
        Sentences, and of each what the network should say: probabilities of the polarities and of
        the themes, not a number where it teaches none; shape (sentences, 4 + themes).
    epochs, rate
        How often every sentence is seen, and the highest rate of learning.
    themes_faster
        How many times that rate the head for themes learns at.
    """
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    wanted = torch.from_numpy(targets).float()
    trainer = Trainer(network, epochs * -(-len(frame) // BATCH), rate, themes_faster)
    for epoch in range(1, epochs + 1):
        tokens = _tokens(network, thinned(frame, chance))
        losses = [
            trainer.step(tensors([tokens[row] for row in rows]), wanted[rows])
            for rows in batches([len(item.ids) for item in tokens], chance)
        ]
        log.info("epoch %d of %d: mean loss %.3f", epoch, epochs, np.mean(losses))
    network.eval()


def scores_of(network: Network, frame: pd.DataFrame) -> np.ndarray:
    """Return the scores of polarity and of the themes, shape (sentences, 4 + themes)."""
    tokens = _tokens(network, frame)
    order = np.argsort([len(item.ids) for item in tokens], kind="stable")
    scores = np.zeros((len(frame), len(POLARITIES) + network.themes.out_features))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), READ_AT_ONCE):
            rows = order[start : start + READ_AT_ONCE]
            both = network(*tensors([tokens[row] for row in rows]))
            scores[rows] = torch.cat(both, dim=1).float().numpy()
    return scores
