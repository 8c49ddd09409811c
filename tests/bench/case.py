"""A folder with all that a run compares: each network in every form, test images, and the logits
that all must give."""

import json
from pathlib import Path

from safetensors.numpy import save
from tinygrad.nn.state import get_state_dict

from export.compile.graph import capture
from export.compile.package import MODELS_FOLDER, NET, WASM, WEIGHTS, read_exported, sha256
from export.compile.schedules import untuned
from export.compile.spec import NetSpec, net_module
from export.compile.wgsl import kernels
from tests.support.networks import random_ink
from tests.support.numpy_network import NumpyNetwork
from training.networks.models import PIXELS

from .float_network import FloatNetwork

IMAGES = 16


def write_case(folder: Path, names: list[str], models: Path = MODELS_FOLDER) -> None:
    """Fills `folder`: inputs.json, and shipped/ and stock/ of each of the models in `models`."""
    inputs = {}
    for name in names:
        quantized = read_exported(models / name)
        ink = random_ink(IMAGES)
        inputs[name] = {"ink": ink.tolist(), "logits": NumpyNetwork(quantized)(ink).tolist()}
        write_files(
            folder / name / "shipped",
            {file: (models / name / file).read_bytes() for file in (NET, WEIGHTS, WASM)},
        )
        write_files(folder / name / "stock", stock_files(name, FloatNetwork(quantized)))
    write_files(folder, {"inputs.json": json.dumps(inputs).encode()})


def stock_files(name: str, network: FloatNetwork) -> dict[str, bytes]:
    """The network as tinygrad lays it out by itself: float32 weights, a kernel for each pooling, a
    buffer for each result."""
    weights = {key: tensor.numpy() for key, tensor in get_state_dict(network).items()}
    graph = capture(network, (1, PIXELS))
    weight_file = save(weights)
    net = NetSpec(
        name, sha256(weight_file), graph.buffers, graph.outputs, *kernels(graph, untuned), wasm=None
    )
    return {NET: net_module(net).encode(), WEIGHTS: weight_file}


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
