"""A FloatNetwork as an ONNX model: the same float32 weights, layer by layer."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tinygrad import Tensor

from export.compile.package import shipped_network
from training.networks.models import CLASSES, INK_MEAN, INK_STD, PIXELS, SIDE, flat, image

from .case import write_files
from .float_network import FloatLayer, FloatNetwork

INPUT, OUTPUT = "ink", "logits"
OPSET = 17
IR_VERSION = 8  # the one of that opset


def write_onnx(folder: Path, names: list[str]) -> None:
    """Adds network.onnx to each model of a case."""
    for name in names:
        write_files(
            folder / name, {"network.onnx": onnx_bytes(FloatNetwork(shipped_network(name)), name)}
        )


def onnx_bytes(network: FloatNetwork, name: str) -> bytes:
    """A checked model: float32 `ink` (1, 784) in 0..1 -> float32 `logits` (1, 10)."""
    graph = Graph(INPUT)
    graph.add("Sub", [graph.constant("mean", np.float32(INK_MEAN))])
    graph.add("Div", [graph.constant("deviation", np.float32(INK_STD))])
    for layer in network.layers:
        add_layer(graph, layer)
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


def add_layer(graph: Graph, layer: Callable) -> None:
    if isinstance(layer, FloatLayer):
        add_weights(graph, layer)
    elif layer is Tensor.relu:
        graph.add("Relu", [])
    elif layer is Tensor.max_pool2d:
        graph.add("MaxPool", [], kernel_shape=(2, 2), strides=(2, 2))
    elif layer is image:
        graph.add("Reshape", [graph.constant("shape", np.array((-1, 1, SIDE, SIDE), np.int64))])
    elif layer is flat:
        graph.add("Flatten", [])
    else:
        raise ValueError(
            f"there is no ONNX operator for the layer {layer} here; add one to add_layer()"
        )


def add_weights(graph: Graph, layer: FloatLayer) -> None:
    constants = [
        graph.constant("weight", layer.weight.numpy()),
        graph.constant("bias", layer.bias.numpy()),
    ]
    if layer.weight.ndim == 2:
        graph.add("Gemm", constants, transB=1)
    else:
        graph.add("Conv", constants, pads=(layer.padding,) * 4)
