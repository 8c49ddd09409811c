"""What the files in site/models make of ink, run as the page runs them where there is no GPU, but
under Node: for tests that ask what the networks answer, not how they are compiled."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from export.compile.package import MODELS_FOLDER, NET, WASM, WEIGHTS
from export.publish.node import run_node
from training.networks.models import CLASSES

from .module_page import SITE

SCRIPT = Path(__file__).with_name("infer.mjs")
RUNTIME = ("wasm.js", "network.js", "safetensors.js")


class Outputs(NamedTuple):
    """Of N images: logits (N, 10); features (N, F), or (N, 1) where they are summed up."""

    logits: np.ndarray
    features: np.ndarray


def shipped_outputs(name: str, ink: np.ndarray, steps: list[float] | None = None) -> Outputs:
    """What the shipped network `name` makes of ink (N, 784); its features are summed up with
    `steps` as weights, where those are given."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        sources = [SITE / "js" / file for file in RUNTIME]
        sources += [MODELS_FOLDER / name / file for file in (NET, WEIGHTS, WASM)]
        for source in sources:
            shutil.copy(source, folder)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "ink").write_bytes(ink.astype(np.float32).tobytes())
        (folder / "steps").write_text(json.dumps(steps))
        run_node(f"{name} on WASM", SCRIPT, folder)
        seen = np.frombuffer((folder / "seen").read_bytes(), np.float64).reshape(len(ink), -1)
        return Outputs(seen[:, :CLASSES], seen[:, CLASSES:])


def shipped_logits(name: str, ink: np.ndarray) -> np.ndarray:
    return shipped_outputs(name, ink, []).logits
