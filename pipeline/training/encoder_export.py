"""Turn the fine-tuned encoder into an int8 ONNX graph that computes the same on every processor.

Why not the stock exporter and quantiser: a stock graph gives a sentence other scores on another
processor (its float kernels round differently, its int8 products may saturate) and in another
batch (one scale for the whole batch). Here

- weights have 7 bits and inputs 8, so that two products always fit 16 bits: integer sums are exact;
- every channel of an input has a fixed scale, measured on training sentences and folded into the
  weights that read it (as SmoothQuant does, Xiao et al. 2023), so that no batch can move it;
- what is left in float32 is add, multiply, divide and clip, which IEEE 754 defines to the bit;
- sums and exponentials of floats (layer norm, attention, heads) are done in float64, where the
  last bit, which may differ between processors, is lost when the result is rounded to float32.
"""

import json
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from pipeline.coding.encoder import MAX_TOKENS
from pipeline.coding.scaling import Scaling
from pipeline.schema import POLARITIES

LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
WEIGHT_LEVELS, EMBEDDING_LEVELS, INPUT_LEVELS, INPUT_ZERO = 63, 127, 127, 128
# A quiet channel takes this share of the loudest one's range: finer, it would coarsen the weights.
QUIET = 0.05
CLIP_RATIOS = np.linspace(0.8, 1.0, 11)
# The cubic nearest to the normal distribution function that meets 0 and 1 at the bound: GELU from
# it is off by 0.031 at most, and the network is trained with it.
GELU_BOUND, GELU_SLOPE = 2.25, 0.332684
GELU_CUBIC = (0.5 - GELU_SLOPE * GELU_BOUND) / GELU_BOUND**3
OPSET = 19

LAYER = "body.encoder.layer."
# The linear layers of a layer that read quantised values; the first one's input is the next two's.
READERS = (
    "attention.self.query", "attention.output.dense", "intermediate.dense", "output.dense",
)  # fmt: skip

Array = NDArray[Any]
Ranges = dict[str, Array]


def quantised(weights: Array, levels: int) -> tuple[Array, Array]:
    """Return ``weights`` in int8 and a scale per row, the one with the least squared error."""
    top = np.maximum(np.abs(weights).max(axis=1, keepdims=True), 1e-9)
    best = np.full(len(weights), np.inf)
    scales = np.empty_like(top)
    for ratio in CLIP_RATIOS:
        scale = top * ratio / levels
        rounded = np.clip(np.round(weights / scale), -levels, levels) * scale
        error = ((rounded - weights) ** 2).sum(axis=1)
        better = error < best
        best[better], scales[better] = error[better], scale[better]
    codes = np.clip(np.round(weights / scales), -levels, levels).astype(np.int8)
    return codes, scales.astype(np.float32)


class Graph:
    """Collects nodes and constants; every method returns the name of what it made."""

    def __init__(self, state: dict[str, Array]) -> None:
        self.state = state
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def const(self, value: Array, name: str = "") -> str:
        """Add a constant; equal unnamed ones are kept once."""
        name = name or f"c_{value.dtype}_{value.shape}_{value.tobytes().hex()}"
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def number(self, value: float) -> str:
        """Add a float32 number."""
        return self.const(np.array(value, dtype=np.float32))

    def whole(self, *values: int) -> str:
        """Add a list of integers (axes, shapes)."""
        return self.const(np.array(values, dtype=np.int64))

    def cast(self, value: str, kind: int) -> str:
        """Convert ``value`` to another type of number."""
        return self.op("Cast", value, to=kind)

    def norm(self, value: str, prefix: str) -> str:
        """Layer norm: sums over a token in float64, the rest in float32."""
        wide = self.cast(value, TensorProto.DOUBLE)
        mean = self.op("ReduceMean", wide, self.whole(1))
        spread = self.op("ReduceMean", self.op("Mul", wide, wide), self.whole(1))
        variance = self.op("Sub", spread, self.op("Mul", mean, mean))
        deviation = self.op("Sqrt", self.op("Add", variance, self.const(np.array(EPSILON))))
        centred = self.op("Sub", value, self.cast(mean, TensorProto.FLOAT))
        normal = self.op("Div", centred, self.cast(deviation, TensorProto.FLOAT))
        weight, bias = (
            self.const(self.state[f"{prefix}.{part}"], f"{prefix}.{part}")
            for part in ("weight", "bias")
        )
        return self.op("Add", self.op("Mul", normal, weight), bias)

    def rounded(self, value: str, ranges: Array) -> tuple[str, Array]:
        """Quantise ``value``; return its codes and the scale of every channel."""
        scales = np.maximum(ranges, max(ranges.max() * QUIET, 1e-4)) / INPUT_LEVELS
        scales = scales.astype(np.float32)
        spread = self.op("Mul", value, self.const(np.float32(1) / scales))
        zero = self.const(np.array(INPUT_ZERO, dtype=np.uint8))
        return self.op("QuantizeLinear", spread, self.number(1), zero), scales

    def linear(self, value: tuple[str, Array], weights: Array, bias: Array, name: str) -> str:
        """Multiply quantised ``value`` by ``weights`` (rows are outputs), in exact integers."""
        codes, scales = quantised(weights * value[1], WEIGHT_LEVELS)
        return self.op(
            "MatMulIntegerToFloat", value[0], self.const(codes.T, f"{name}.codes"),
            self.number(1), self.const(scales.ravel(), f"{name}.scales"),
            self.const(np.array(INPUT_ZERO, dtype=np.uint8)), "",
            self.const(bias, f"{name}.bias"), domain="com.microsoft",
        )  # fmt: skip

    def dense(self, value: tuple[str, Array], prefix: str) -> str:
        """Apply the layer of the trained network called ``prefix``."""
        return self.linear(
            value, self.state[f"{prefix}.weight"], self.state[f"{prefix}.bias"], prefix
        )

    def gelu(self, value: str) -> str:
        """Multiply by a cubic near the normal distribution function."""
        x = self.op("Clip", value, self.number(-GELU_BOUND), self.number(GELU_BOUND))
        inner = self.op("Mul", self.op("Mul", x, x), self.number(GELU_CUBIC))
        inner = self.op("Mul", self.op("Add", inner, self.number(GELU_SLOPE)), x)
        return self.op("Mul", value, self.op("Add", inner, self.number(0.5)))


def embedded(graph: Graph) -> str:
    """Return the sum of word, position and segment embeddings."""
    state, prefix = graph.state, "body.embeddings."
    codes, scales = quantised(state[prefix + "word_embeddings.weight"], EMBEDDING_LEVELS)
    word = graph.op("Gather", graph.const(codes, "words.codes"), "ids")
    scale = graph.op("Gather", graph.const(scales, "words.scales"), "ids")
    word = graph.op("Mul", graph.cast(word, TensorProto.FLOAT), scale)
    places = graph.const(state[prefix + "position_embeddings.weight"][:MAX_TOKENS], "places")
    place = graph.op("Slice", places, graph.whole(0), graph.op("Shape", "ids"), graph.whole(0))
    segments = graph.const(state[prefix + "token_type_embeddings.weight"], "segments")
    segment = graph.op("Gather", segments, "types")
    return graph.op("Add", graph.op("Add", word, segment), place)


def attended(graph: Graph, value: tuple[str, Array], prefix: str) -> str:
    """Return the self-attention of one layer, its products and softmax in float64."""
    root, size = f"{prefix}.attention.self.", WIDTH // HEADS
    factor = {"query": size**-0.5, "key": 1.0, "value": 1.0}
    weights, bias = (
        np.concatenate(
            [graph.state[f"{root}{n}.{part}"] * np.float32(f) for n, f in factor.items()]
        )
        for part in ("weight", "bias")
    )
    joint = graph.cast(graph.linear(value, weights, bias, f"{root}joint"), TensorProto.DOUBLE)
    split = graph.op("Reshape", joint, graph.whole(-1, 3 * HEADS, size))
    heads = graph.op("Transpose", split, perm=[1, 0, 2])
    query, key, content = (
        graph.op("Slice", heads, graph.whole(n * HEADS), graph.whole((n + 1) * HEADS),
                 graph.whole(0))
        for n in range(3)
    )  # fmt: skip
    # A softmax without the usual shift by the maximum: float64 has room for it.
    weight = graph.op("Exp", graph.op("MatMul", query, graph.op("Transpose", key, perm=[0, 2, 1])))
    total = graph.op("ReduceSum", weight, graph.whole(2))
    read = graph.op("Div", graph.op("MatMul", weight, content), total)
    read = graph.op("Transpose", read, perm=[1, 0, 2])
    return graph.cast(graph.op("Reshape", read, graph.whole(-1, WIDTH)), TensorProto.FLOAT)


def layer(graph: Graph, states: str, prefix: str, ranges: Ranges) -> str:
    """Return one transformer layer's output."""
    mixing, inner, outer = (f"{prefix}.{name}" for name in READERS[1:])
    read = attended(graph, graph.rounded(states, ranges[f"{prefix}.{READERS[0]}"]), prefix)
    mixed = graph.op("Add", graph.dense(graph.rounded(read, ranges[mixing]), mixing), states)
    states = graph.norm(mixed, f"{prefix}.attention.output.LayerNorm")
    wide = graph.gelu(graph.dense(graph.rounded(states, ranges[inner]), inner))
    narrow = graph.dense(graph.rounded(wide, ranges[outer]), outer)
    return graph.norm(graph.op("Add", narrow, states), f"{prefix}.output.LayerNorm")


def head(graph: Graph, states: str, name: str) -> str:
    """Return what every token adds to the scores of one head, and make their sum an output."""
    share = graph.state[f"{name}.weight"].T.astype(np.float64)
    by_token = graph.op("MatMul", states, graph.const(share, f"{name}.weight"))
    bias = graph.const(graph.state[f"{name}.bias"].astype(np.float64), f"{name}.bias")
    mean = graph.op("ReduceMean", by_token, graph.whole(0), keepdims=0)
    graph.nodes.append(helper.make_node("Add", [mean, bias], [name]))
    return by_token


def build(state: dict[str, Array], ranges: Ranges) -> Any:
    """Return the graph.

    Parameters
    ----------
    state
        The trained network's weights by their names.
    ranges
        For every linear layer by its name, the largest magnitude of each channel that it reads.

    Returns
    -------
    ModelProto
        In: ``ids`` and ``types`` of one sentence's tokens. Out: ``polarity`` and ``themes``, the
        scores; ``tokens``, what every token adds to the scores of polarity, times their number.
    """
    graph = Graph(state)
    states = graph.norm(embedded(graph), "body.embeddings.LayerNorm")
    for number in range(LAYERS):
        states = layer(graph, states, f"{LAYER}{number}", ranges)
    wide = graph.cast(states, TensorProto.DOUBLE)
    by_token = {name: head(graph, wide, name) for name in ("polarity", "themes")}
    graph.nodes.append(helper.make_node("Identity", [by_token["polarity"]], ["tokens"]))
    shapes: dict[str, list[int | str]] = {name: [len(state[f"{name}.bias"])] for name in by_token}
    shapes["tokens"] = ["tokens", *shapes["polarity"]]
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["tokens"])
              for n in ("ids", "types")]  # fmt: skip
    outputs = [helper.make_tensor_value_info(n, TensorProto.DOUBLE, s) for n, s in shapes.items()]
    body = helper.make_graph(
        graph.nodes, "encoder", inputs, outputs, list(graph.constants.values())
    )
    model = helper.make_model(
        body,
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)],
        ir_version=9,
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def packed(model: Any, tokenizer: str, themes: tuple[str, ...], scaling: Scaling) -> bytes:
    """Return the one file that ships: the graph, with tokenizer and labels in its metadata.

    Parameters
    ----------
    model
        The graph, as :func:`build` returns it.
    tokenizer
        The tokenizer's JSON text.
    themes
        The codes of the themes' head, in its order.
    scaling
        How the scores of polarity become probabilities.
    """
    labels = {
        "polarities": POLARITIES, "temperature": scaling.temperature, "bias": scaling.bias,
        "themes": themes,
    }  # fmt: skip
    compact = json.dumps(json.loads(tokenizer), ensure_ascii=False, separators=(",", ":"))
    texts = {"labels": json.dumps(labels, sort_keys=True), "tokenizer": compact}
    helper.set_model_props(model, texts)
    return bytes(model.SerializeToString(deterministic=True))
