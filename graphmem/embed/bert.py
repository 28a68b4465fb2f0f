"""The ONNX graph of a BERT encoder, built from the weights that a safetensors file holds.

The network is that of Devlin et al. 2019 (section 3, post-layer-norm encoder): ids and mask in, one vector a token out.
Attention and the normalised residual are onnxruntime's own fused operators.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

__all__ = ["build_bert"]

_OPSET, _FUSED = 17, "com.microsoft"


def build_bert(weights: Path, config: Path) -> onnx.ModelProto:
    """A model with inputs ``input_ids`` and ``attention_mask``, int64 of shape (batch, length), and the output
    ``last_hidden_state``, float32 of shape (batch, length, hidden).

    Raises ``KeyError`` where the weights are those of another network.
    """
    from onnx import TensorProto, checker, helper
    from safetensors.numpy import load_file

    with config.open(encoding="utf-8") as file:
        shape = json.load(file)
    network = _Network(load_file(weights), heads=shape["num_attention_heads"], epsilon=shape["layer_norm_eps"])
    hidden = network.embeddings()
    for layer in range(shape["num_hidden_layers"]):
        hidden = network.layer(f"encoder.layer.{layer}", hidden)
    network.add("Identity", [hidden], output="last_hidden_state")
    batch = ["batch", "length"]
    graph = helper.make_graph(
        network.nodes,
        "bert",
        [helper.make_tensor_value_info(name, TensorProto.INT64, batch) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*batch, shape["hidden_size"]])],
        network.constants,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="graphmem")
    checker.check_model(model)
    return model


class _Network:
    """Nodes and constants as they are added; every method returns the name of its output."""

    def __init__(self, weights: dict[str, NDArray[np.float32]], heads: int, epsilon: float) -> None:
        self._weights = weights
        self._heads = heads
        self._epsilon = epsilon
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, operator: str, inputs: list[str], *, output: str = "", domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def constant(self, value: NDArray[np.generic]) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(self._weights[name])

    def embeddings(self) -> str:
        words = self.add("Gather", [self.weight("embeddings.word_embeddings.weight"), "input_ids"])
        # Every text is of the first type, so that its row joins the positions.
        places = (
            self._weights["embeddings.position_embeddings.weight"]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )
        length = self.add("Gather", [self.add("Shape", ["input_ids"]), self.constant(np.array([1]))])
        first, axis = self.constant(np.array([0])), self.constant(np.array([0]))
        rows = self.add("Slice", [self.constant(places), first, length, axis])
        summed = self.add("Add", [words, rows])
        norm = [self.weight(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
        self._mask = self.add("Cast", ["attention_mask"], to=6)
        return self.add("LayerNormalization", [summed, *norm], axis=-1, epsilon=self._epsilon)

    def layer(self, name: str, hidden: str) -> str:
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{part}.weight"].T for part in parts], axis=1)
        bias = np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        inputs = [hidden, self.constant(weight), self.constant(bias), self._mask]
        context = self.add("Attention", inputs, domain=_FUSED, num_heads=self._heads)
        hidden = self._normed(
            f"{name}.attention.output", self._product(f"{name}.attention.output.dense", context), hidden
        )
        wide = self._product(f"{name}.intermediate.dense", hidden)
        active = self.add("BiasGelu", [wide, self.weight(f"{name}.intermediate.dense.bias")], domain=_FUSED)
        return self._normed(f"{name}.output", self._product(f"{name}.output.dense", active), hidden)

    def _product(self, name: str, value: str) -> str:
        return self.add("MatMul", [value, self.constant(self._weights[f"{name}.weight"].T)])

    def _normed(self, name: str, value: str, residual: str) -> str:
        norm = [self.weight(f"{name}.LayerNorm.{part}") for part in ("weight", "bias")]
        inputs = [value, residual, *norm, self.weight(f"{name}.dense.bias")]
        return self.add("SkipLayerNormalization", inputs, domain=_FUSED, epsilon=self._epsilon)
