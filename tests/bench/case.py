"""A folder with all that a run compares: each network in every form, test images, and the logits that all must give."""
import json
from pathlib import Path

from safetensors.numpy import save
from tinygrad import Tensor
from tinygrad.nn.state import get_state_dict

from export.graph import capture
from export.layout import ROOT
from export.package import NET, WASM, WEIGHTS, read_exported, sha256
from export.spec import NetSpec, net_module
from export.tuning import untuned
from export.wgsl import kernels
from training.deploy import Deployed
from training.models import PIXELS

from ..networks import random_ink
from .float_network import FloatNetwork

MODELS_FOLDER = ROOT / "site" / "models"
IMAGES = 16


def write_case(folder: Path, names: list[str]) -> None:
    """Fills `folder`: inputs.json, and for each model shipped/ and stock/."""
    inputs = {}
    for name in names:
        deployed = shipped_network(name)
        ink = random_ink(IMAGES)
        inputs[name] = {"ink": ink.tolist(), "logits": deployed(Tensor(ink)).numpy().tolist()}
        write_files(folder / name / "shipped", {file: (MODELS_FOLDER / name / file).read_bytes() for file in (NET, WEIGHTS, WASM)})
        write_files(folder / name / "stock", stock_files(name, FloatNetwork(deployed)))
    write_files(folder, {"inputs.json": json.dumps(inputs).encode()})


def shipped_network(name: str) -> Deployed:
    return read_exported(MODELS_FOLDER / name)


def stock_files(name: str, network: FloatNetwork) -> dict[str, bytes]:
    """The network as tinygrad lays it out by itself: float32 weights, a kernel for each pooling, a buffer for each result."""
    weights = {key: tensor.numpy() for key, tensor in get_state_dict(network).items()}
    graph = capture(network, (1, PIXELS))
    weight_file = save(weights)
    net = NetSpec(name, sha256(weight_file), graph.buffers, *kernels(graph, untuned), wasm=None)
    return {NET: net_module(net).encode(), WEIGHTS: weight_file}


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
