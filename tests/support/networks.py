"""Networks for the tests of export: the project's own two, as they ship or with weights that no
training gave them, and their exact outputs."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tinygrad import Context, Tensor
from tinygrad.nn.state import get_state_dict

from export.compile import wasm, wgsl
from export.compile.graph import NO_DEVICE, Graph
from export.compile.package import (
    MODELS_FOLDER,
    NET,
    WASM,
    WEIGHTS,
    arrays,
    build,
    shipped_network,
)
from export.compile.spec import HEADER
from export.folder import replace_folder
from py_frontend.core.examples import DIGITS
from py_frontend.core.image import mnist_image
from training.files import write_json
from training.networks.layers import Network
from training.networks.models import MODELS, PIXELS
from training.networks.quantize import FOLDABLE, MAX_INT8, QuantizedLayer, QuantizedNetwork

from .numpy_network import NumpyNetwork
from .programs import once_in_a_run

# One for each layer with weights.
MAX_KERNELS = {
    name: sum(isinstance(layer, FOLDABLE) for layer in model().layers)
    for name, model in MODELS.items()
}


@dataclass(frozen=True)
class Example:
    """A network's exported files, and what numpy makes of some ink (N, 784): the logits (N, 10) and
    each layer's result, by the layer's number."""

    name: str
    files: dict[str, bytes]
    ink: np.ndarray
    logits: np.ndarray
    results: dict[int, np.ndarray]

    @property
    def net(self) -> dict:
        return net_data(self.files[NET])

    @property
    def weights(self) -> bytes:
        return self.files[WEIGHTS]


def net_data(module: bytes) -> dict:
    """What a net.js exports; anything but data in it is an error."""
    return json.loads(
        module.decode().removeprefix(HEADER).removeprefix("export default ").removesuffix(";\n")
    )


def scrambled(name: str, seed: int = 0, **how):
    """A model of `MODELS`, built as `how` says, whose every number, batch norm's statistics
    included, is random but of a sensible size."""
    with Context(DEV=NO_DEVICE):  # as initial weights would not be kept
        model = MODELS[name](**how)
    return filled(model, seed)


def filled(model, seed: int = 0):
    """`model` with random numbers of a sensible size in all its tensors."""
    numbers = np.random.default_rng(seed)
    for key, parameter in get_state_dict(model).items():
        fan_in = int(np.prod(parameter.shape[1:])) if parameter.ndim > 1 else 0
        values = numbers.normal(0, (2 / fan_in) ** 0.5 if fan_in else 0.1, parameter.shape)
        values += 1.0 if not fan_in and key.endswith("weight") else 0.0
        values = np.abs(values) + 0.5 if key.endswith("running_var") else values
        parameter.replace(Tensor(values.astype(np.float32), dtype=parameter.dtype).realize())
    return model


def scrambled_quantized(name: str, **how) -> QuantizedNetwork:
    """As the quantized form of scrambled(), but it is that form which gets random numbers: no
    kernels are needed to come to it."""
    numbers = np.random.default_rng(0)
    with Context(DEV=NO_DEVICE):
        network = QuantizedNetwork(MODELS[name](**how), has_numbers=False)
    for layer in network.layers:
        if isinstance(layer, QuantizedLayer):
            shape, outputs = layer.weight.shape, layer.scale.shape
            step = (6 / np.prod(shape[1:])) ** 0.5 / MAX_INT8
            weight = numbers.integers(-MAX_INT8, MAX_INT8, shape, np.int8, endpoint=True)
            layer.weight.replace(Tensor(weight).realize())
            for parameter, values in (
                (layer.scale, step * numbers.uniform(0.5, 1.5, outputs)),
                (layer.bias, numbers.normal(0, 0.1, outputs)),
            ):
                parameter.replace(Tensor(values.astype(np.float32)).realize())
    return network


@cache
def without_numbers(make: Callable[[], Network]) -> QuantizedNetwork:
    """The quantized form of what `make` gives, with parameters that have shapes alone: enough for
    its kernels."""
    with Context(DEV=NO_DEVICE):
        return QuantizedNetwork(make(), has_numbers=False)


class Graphs(NamedTuple):
    """A network captured for either runtime."""

    wgsl: Graph
    wasm: Graph


@cache
def graphs_of(make: Callable[[], Network]) -> Graphs:
    network = without_numbers(make)
    return Graphs(wgsl.graph_of(network), wasm.graph_of(network))


# What a test asks of any network costs least of these.
NARROW: dict[str, dict] = {"mlp": {"width": 64}, "cnn": {"width": 5, "activation": "silu"}}


def write_narrow_models(folder: Path) -> None:
    """Fills `folder` as site/models is filled, with narrow networks that nobody has trained."""
    for name in NARROW:
        replace_folder(folder / name, narrow_example(name).files)
    write_json(
        folder / "index.json",
        [{"name": name, "network": settings} for name, settings in NARROW.items()],
    )


def random_ink(images: int, seed: int = 1) -> np.ndarray:
    """Ink (images, 784) in 0..1, a fifth of it inked, with blank and full images first."""
    numbers = np.random.default_rng(seed)
    ink = numbers.random((images, PIXELS)) * (numbers.random((images, PIXELS)) < 0.2)
    ink[0], ink[1] = 0, 1
    return ink.astype(np.float32)


@cache
def example(name: str, images: int = 8, **how) -> Example:
    """A model of `MODELS`, built as `how` says; made once for all processes of a run."""
    parts = ["example", name, str(images), *(f"{key}={value}" for key, value in how.items())]
    return once_in_a_run(
        "-".join(parts),
        lambda: example_of(name, scrambled_quantized(name, **how), random_ink(images)),
    )


def narrow_example(name: str) -> Example:
    return example(name, **NARROW[name])


@cache
def shipped_example(name: str) -> Example:
    """The files in site/models, with random ink and digits that are drawn as the page's examples
    are."""
    files = {file: (MODELS_FOLDER / name / file).read_bytes() for file in (NET, WEIGHTS, WASM)}
    digits = [mnist_image(DIGITS[digit].strokes) for digit in (2, 7, 8)]
    ink = np.concatenate([random_ink(5), np.array(digits, np.float32)])
    results = NumpyNetwork(shipped_network(name)).results(ink)
    return Example(name, files, ink, results[max(results)], results)


def example_of(name: str, network: QuantizedNetwork, ink: np.ndarray) -> Example:
    results = NumpyNetwork(network).results(ink)
    files, _ = build(name, network, arrays(network))
    return Example(name, files, ink, results[max(results)], results)
