"""From a run folder to the files of one model: kernels, weights, the WASM module and the catalogue
entry."""

import hashlib
import json
import shlex
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from safetensors.numpy import save
from tinygrad import Context, Tensor
from tinygrad.nn.state import get_state_dict

from export.folder import replace_folder
from export.publish.site_files import ROOT
from training.evaluation.abstention import Abstention
from training.fit.config import from_json
from training.fit.runs import RunFolder, load_weights
from training.fit.trained import load_network
from training.networks.models import MODELS, parameter_count
from training.networks.quantize import QuantizedNetwork

from . import wasm, wgsl
from .catalog import Entry, read, update
from .graph import NO_DEVICE, ExportError
from .self_test import self_test
from .spec import NetSpec, net_module

NET, WEIGHTS, WASM = "net.js", "weights.safetensors", "net.wasm"
MODELS_FOLDER = ROOT / "site" / "models"
EVALUATED = ("validation_accuracy", "test_accuracy", "temperature")


@dataclass(frozen=True)
class TrainedNetwork:
    """A network ready to be exported, and what is known about it."""

    name: str
    quantized: QuantizedNetwork
    weights: dict[str, np.ndarray]
    parameters: int
    settings: dict
    evaluation: dict


def export_run(run: RunFolder, out: Path) -> str:
    """Writes `out`/<model>/ and its entry in `out`/index.json; gives a sentence about what was
    written."""
    read(out / "index.json")  # a damaged catalogue stops the export before anything is written
    network = read_run(run)
    probes = self_test(network.quantized)
    files, net = build(network.name, network.quantized, network.weights)
    replace_folder(out / network.name, files)
    update(
        out / "index.json",
        Entry(
            name=network.name,
            parameters=network.parameters,
            bytes=len(files[WEIGHTS]),
            sha256=sha256(files[WEIGHTS]),
            net=f"{network.name}/{NET}",
            net_sha256=sha256(files[NET]),
            weights=f"{network.name}/{WEIGHTS}",
            wasm=f"{network.name}/{WASM}",
            wasm_sha256=sha256(files[WASM]),
            network=network.settings,
            self_test=probes,
            **network.evaluation,
        ),
    )
    return written(out / network.name, files, net)


def written(folder: Path, files: dict[str, bytes], net: NetSpec) -> str:
    sizes = ", ".join(f"{name} {len(content):,} bytes" for name, content in files.items())
    return f"{folder}: {len(net.dispatches)} kernels, {sizes}"


def renew(out: Path, entry: dict) -> str:
    """Writes the kernels and the WASM of a model in `out` again, from its weights there; gives a
    sentence about what was written."""
    name = entry["name"]
    quantized = read_exported(out / name)
    probes = self_test(quantized)
    files, net = build(name, quantized, arrays(quantized))
    replace_folder(out / name, files)
    known = {field.name: entry[field.name] for field in fields(Entry) if field.name in entry}
    digests = {"net_sha256": sha256(files[NET]), "wasm_sha256": sha256(files[WASM])}
    update(out / "index.json", Entry(**known | digests | {"self_test": probes}))
    return written(out / name, files, net)


def read_exported(folder: Path) -> QuantizedNetwork:
    """The network in a model's folder, which is named after it, with the weights there; built as
    the catalogue beside it says."""
    settings: dict = next(
        (
            entry.get("network", {})
            for entry in read(folder.parent / "index.json")
            if entry["name"] == folder.name
        ),
        {},
    )
    with Context(DEV=NO_DEVICE):  # the weights that it begins with are not worth computing
        model = MODELS[folder.name](**settings)
    quantized = QuantizedNetwork(model, has_numbers=False)
    load_weights(quantized, folder / WEIGHTS)
    return quantized


def shipped_network(name: str) -> QuantizedNetwork:
    """A network of the page, with the weights in site/models."""
    return read_exported(MODELS_FOLDER / name)


def arrays(quantized: QuantizedNetwork) -> dict[str, np.ndarray]:
    """The values of its parameters, by name."""
    return {name: tensor.numpy() for name, tensor in get_state_dict(quantized).items()}


def read_run(run: RunFolder) -> TrainedNetwork:
    """The best network of a run, with batch norm folded and weights quantized."""
    if not run.path.is_dir():
        raise ExportError(f"{run.path} does not exist. Train first: {run.command}")
    config, evaluation = from_json(run.config), read_evaluation(run)
    model = load_network(run)
    quantized = QuantizedNetwork(model)
    return TrainedNetwork(
        config.model,
        quantized,
        arrays(quantized),
        parameter_count(model),
        config.network,
        evaluation,
    )


def read_evaluation(run: RunFolder) -> dict:
    """The accuracies, the temperature and the abstention (None in older evaluations) that `python
    -m training evaluate` found."""
    advice = f"Run: python -m training evaluate {shlex.quote(str(run.path))}"
    try:
        evaluation = json.loads(run.evaluation.read_text())
        abstention = (
            Abstention(**evaluation["abstention"]).to_json() if "abstention" in evaluation else None
        )
        return {key: float(evaluation[key]) for key in EVALUATED} | {"abstention": abstention}
    except FileNotFoundError:
        raise ExportError(f"{run.evaluation} is missing. {advice}") from None
    except KeyError as error:
        raise ExportError(f"{run.evaluation} has no {error}. {advice}") from None
    except (ValueError, TypeError) as error:
        raise ExportError(f"{run.evaluation} is damaged ({error}). {advice}") from error


def build(
    name: str,
    network: Callable[[Tensor], Tensor],
    weights: dict[str, np.ndarray],
    writable: Collection[str] = (),
) -> tuple[dict[str, bytes], NetSpec]:
    """The files of a model by name, and its specification.

    `network` maps (1, 784) to (1, 10); `writable` names those of its parameters that are not among
    the weights, but what the page writes.
    """
    graph = wgsl.graph_of(network, writable)
    binary, spec = wasm.module(wasm.graph_of(network, writable))
    weight_file = save(weights)
    digest = sha256(weight_file)
    net = NetSpec(name, digest, graph.buffers, graph.outputs, *wgsl.kernels(graph), spec)
    return {NET: net_module(net).encode(), WEIGHTS: weight_file, WASM: binary}, net


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
