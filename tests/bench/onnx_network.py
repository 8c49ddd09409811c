"""A FloatNetwork as an ONNX model: the same float32 weights, layer by layer."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tinygrad.helpers import make_tuple

from export.compile.package import shipped_network
from training.networks.layers import (
    Activation,
    Flat,
    Image,
    MaxPool,
    Normalise,
    Rules,
    UnknownLayer,
)
from training.networks.models import CLASSES, PIXELS

from .case import write_files
from .float_network import FloatConvolution, FloatLayer, FloatLinear, FloatNetwork

INPUT, OUTPUT = "ink", "logits"
OPSET = 17
IR_VERSION = 8  # the one of that opset
ACTIVATION_OPERATORS = {"relu": "Relu"}


def write_onnx(folder: Path, names: list[str]) -> None:
    """Adds network.onnx to each model of a case."""
    for name in names:
        write_files(
            folder / name, {"network.onnx": onnx_bytes(FloatNetwork(shipped_network(name)), name)}
        )


def onnx_bytes(network: FloatNetwork, name: str) -> bytes:
    """A checked model: float32 `ink` (1, 784) in 0..1 -> float32 `logits` (1, 10)."""
    graph = Graph(INPUT)
    for number, layer in network.numbered.items():
        AS_OPERATORS.apply(number, layer, graph)
    graph.add("Identity", [], OUTPUT)
    model = helper.make_model(
        graph.proto(name), opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


class Graph:
    """A chain of nodes, each of which takes the output of the one before and constants."""

    def __init__(self, source: str):
        self._last, self._nodes, self._constants = source, [], []

    def constant(self, what: str, values: np.ndarray) -> str:
        name = f"{what}.{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(
        self, operator: str, constants: list[str], output: str | None = None, **attributes
    ) -> None:
        output = output or f"{operator}.{len(self._nodes)}"
        self._nodes.append(
            helper.make_node(operator, [self._last, *constants], [output], **attributes)
        )
        self._last = output

    def proto(self, name: str) -> onnx.GraphProto:
        ink = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, (1, PIXELS))
        logits = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, (1, CLASSES))
        return helper.make_graph(self._nodes, name, [ink], [logits], self._constants)


def add_normalisation(layer: Normalise, graph: Graph) -> None:
    graph.add("Sub", [graph.constant("mean", np.float32(layer.mean))])
    graph.add("Div", [graph.constant("deviation", np.float32(layer.deviation))])


def add_reshape(layer: Image, graph: Graph) -> None:
    shape = np.array((-1, 1, layer.side, layer.side), np.int64)
    graph.add("Reshape", [graph.constant("shape", shape)])


def add_activation(layer: Activation, graph: Graph) -> None:
    if layer.name not in ACTIVATION_OPERATORS:
        raise UnknownLayer(f"opset {OPSET} of ONNX has no operator for {layer.name}.")
    graph.add(ACTIVATION_OPERATORS[layer.name], [])


def add_linear(layer: FloatLinear, graph: Graph) -> None:
    graph.add("Gemm", weights(layer, graph), transB=1)


def add_convolution(layer: FloatConvolution, graph: Graph) -> None:
    placement = layer.placement
    if isinstance(placement["padding"], tuple):
        raise UnknownLayer(f"padding {placement['padding']} differs from side to side.")
    graph.add(
        "Conv",
        weights(layer, graph),
        group=placement["groups"],
        strides=make_tuple(placement["stride"], 2),
        dilations=make_tuple(placement["dilation"], 2),
        pads=make_tuple(placement["padding"], 4),
    )


def weights(layer: FloatLayer, graph: Graph) -> list[str]:
    return [
        graph.constant("weight", layer.weight.numpy()),
        graph.constant("bias", layer.bias.numpy()),
    ]


# What each kind of layer adds to a graph.
AS_OPERATORS = Rules(
    "the ONNX model",
    {
        Normalise: add_normalisation,
        Image: add_reshape,
        Flat: lambda _, graph: graph.add("Flatten", []),
        Activation: add_activation,
        MaxPool: lambda _, graph: graph.add("MaxPool", [], kernel_shape=(2, 2), strides=(2, 2)),
        FloatLinear: add_linear,
        FloatConvolution: add_convolution,
    },
)
