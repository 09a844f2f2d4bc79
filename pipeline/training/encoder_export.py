"""Turn the fine-tuned encoder into an int8 ONNX graph that computes the same on every processor.

Why not the stock exporter and quantiser: a stock graph gives a sentence other scores on another
processor (its float kernels round differently, its int8 products may saturate) and in another
batch (one scale for the whole batch). Here

- weights have 7 bits and inputs 8, so that two products always fit 16 bits: integer sums are exact;
- every token has its own input scale, found with exact operations (abs, max, divide, round);
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
from scipy.special import erf

from pipeline.coding.encoder import MAX_TOKENS
from pipeline.schema import POLARITIES

LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
WEIGHT_LEVELS, EMBEDDING_LEVELS, INPUT_LEVELS = 63, 127, 127
CLIP_RATIOS = np.linspace(0.8, 1.0, 11)
# Least-squares odd polynomial for the normal distribution function, 0 and 1 beyond the bound.
GELU_BOUND = 2.9
OPSET = 19

Array = NDArray[Any]


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


def gelu_polynomial() -> list[float]:
    """Return coefficients of x, x^3, x^5, x^7 so that 0.5 + their sum is near the normal CDF."""
    x = np.linspace(1e-3, GELU_BOUND, 2000)
    goal = 0.5 * erf(x / 2**0.5)
    # The bound itself must come out as one half, or the curve would jump there.
    weight = np.where(np.arange(len(x)) == len(x) - 1, 1e4, x)
    powers = np.stack([x, x**3, x**5, x**7], axis=1)
    goal[-1] = 0.5
    fit = np.linalg.lstsq(powers * weight[:, None], goal * weight, rcond=None)[0]
    return [float(value) for value in fit]


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

    def rounded(self, value: str) -> tuple[str, str]:
        """Quantise each token's values on its own; return them and the tokens' scales."""
        top = self.op("ReduceMax", self.op("Abs", value), self.whole(1), keepdims=0)
        scale = self.op("Div", self.op("Max", top, self.number(1e-6)), self.number(INPUT_LEVELS))
        zero = self.op("Cast", self.op("Add", self.op("Mul", scale, self.number(0)),
                                       self.number(128)), to=TensorProto.UINT8)  # fmt: skip
        codes = self.op("QuantizeLinear", value, scale, zero, axis=0)
        return codes, self.op("Unsqueeze", scale, self.whole(1))

    def linear(self, value: tuple[str, str], weights: Array, bias: Array, name: str) -> str:
        """Multiply quantised ``value`` by ``weights`` (rows are outputs), in exact integers."""
        codes, scales = quantised(weights, WEIGHT_LEVELS)
        zero = self.const(np.array(128, dtype=np.uint8))
        product = self.op(
            "MatMulIntegerToFloat", value[0], self.const(codes.T, f"{name}.codes"),
            self.number(1), self.const(scales.ravel(), f"{name}.scales"), zero,
            domain="com.microsoft",
        )  # fmt: skip
        by_token = self.op("Mul", product, value[1])
        return self.op("Add", by_token, self.const(bias, f"{name}.bias"))

    def dense(self, value: tuple[str, str], prefix: str) -> str:
        """Apply the layer of the trained network called ``prefix``."""
        return self.linear(
            value, self.state[f"{prefix}.weight"], self.state[f"{prefix}.bias"], prefix
        )

    def gelu(self, value: str) -> str:
        """Multiply by the normal distribution function, from multiplications and additions."""
        a, b, c, d = (self.number(x) for x in gelu_polynomial())
        x = self.op("Clip", value, self.number(-GELU_BOUND), self.number(GELU_BOUND))
        square = self.op("Mul", x, x)
        inner = self.op("Add", self.op("Mul", square, d), c)
        inner = self.op("Add", self.op("Mul", inner, square), b)
        inner = self.op("Add", self.op("Mul", inner, square), a)
        share = self.op("Add", self.op("Mul", inner, x), self.number(0.5))
        return self.op("Mul", value, share)


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


def attended(graph: Graph, value: tuple[str, str], prefix: str) -> str:
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
    split = graph.op("Reshape", joint, graph.whole(-1, 3, HEADS, size))
    query, key, content = (
        graph.op("Gather", split, graph.const(np.array(index)), axis=1) for index in range(3)
    )
    query = graph.op("Transpose", query, perm=[1, 0, 2])
    key = graph.op("Transpose", key, perm=[1, 2, 0])
    content = graph.op("Transpose", content, perm=[1, 0, 2])
    # A softmax without the usual shift by the maximum: float64 has room for it.
    weight = graph.op("Exp", graph.op("MatMul", query, key))
    total = graph.op("ReduceSum", weight, graph.whole(2))
    read = graph.op("Div", graph.op("MatMul", weight, content), total)
    read = graph.op("Transpose", read, perm=[1, 0, 2])
    return graph.cast(graph.op("Reshape", read, graph.whole(-1, WIDTH)), TensorProto.FLOAT)


def layer(graph: Graph, states: str, prefix: str) -> str:
    """Return one transformer layer's output."""
    read = graph.rounded(attended(graph, graph.rounded(states), prefix))
    mixed = graph.op("Add", graph.dense(read, f"{prefix}.attention.output.dense"), states)
    states = graph.norm(mixed, f"{prefix}.attention.output.LayerNorm")
    inner = graph.gelu(graph.dense(graph.rounded(states), f"{prefix}.intermediate.dense"))
    outer = graph.dense(graph.rounded(inner), f"{prefix}.output.dense")
    return graph.norm(graph.op("Add", outer, states), f"{prefix}.output.LayerNorm")


def head(graph: Graph, pooled: str, name: str) -> None:
    """Add one head as an output of the graph."""
    weights = graph.const(graph.state[f"{name}.weight"].T.astype(np.float64), f"{name}.weight")
    bias = graph.const(graph.state[f"{name}.bias"].astype(np.float64), f"{name}.bias")
    scores = graph.op("Add", graph.op("MatMul", pooled, weights), bias)
    graph.nodes.append(helper.make_node("Identity", [scores], [name]))


def build(state: dict[str, Array]) -> Any:
    """Return the graph: token and segment ids of one sentence in, two rows of scores out."""
    graph = Graph(state)
    states = graph.norm(embedded(graph), "body.embeddings.LayerNorm")
    for number in range(LAYERS):
        states = layer(graph, states, f"body.encoder.layer.{number}")
    wide = graph.cast(states, TensorProto.DOUBLE)
    pooled = graph.op("ReduceMean", wide, graph.whole(0), keepdims=0)
    sizes = {name: len(state[f"{name}.bias"]) for name in ("polarity", "themes")}
    for name in sizes:
        head(graph, pooled, name)
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["tokens"])
              for n in ("ids", "types")]  # fmt: skip
    outputs = [helper.make_tensor_value_info(n, TensorProto.DOUBLE, [s]) for n, s in sizes.items()]
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


def packed(
    model: Any, tokenizer: str, themes: tuple[str, ...], temperatures: tuple[float, float]
) -> bytes:
    """Return the one file that ships: the graph, with tokenizer and labels in its metadata.

    Parameters
    ----------
    model
        The graph, as :func:`build` returns it.
    tokenizer
        The tokenizer's JSON text.
    themes
        The codes of the themes' head, in its order.
    temperatures
        By what the scores of the polarities and of the themes are divided.
    """
    labels = {
        "polarities": POLARITIES, "polarity_temperature": temperatures[0],
        "themes": themes, "themes_temperature": temperatures[1],
    }  # fmt: skip
    compact = json.dumps(json.loads(tokenizer), ensure_ascii=False, separators=(",", ":"))
    texts = {"labels": json.dumps(labels, sort_keys=True), "tokenizer": compact}
    helper.set_model_props(model, texts)
    return bytes(model.SerializeToString(deterministic=True))
