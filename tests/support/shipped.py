"""What the files in site/models make of ink, run as the page runs them where there is no GPU, but
under Node: for tests that ask what the networks answer, not how they are compiled."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from export.compile.package import MODELS_FOLDER, NET, WASM, WEIGHTS
from export.publish.node import run_node
from training.networks.models import CLASSES

from .module_page import SITE

SCRIPT = Path(__file__).with_name("infer.mjs")
RUNTIME = ("wasm.js", "network.js", "safetensors.js")


def shipped_logits(name: str, ink: np.ndarray) -> np.ndarray:
    """The logits (N, 10) of the shipped network `name` for ink (N, 784)."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        sources = [SITE / "js" / file for file in RUNTIME]
        sources += [MODELS_FOLDER / name / file for file in (NET, WEIGHTS, WASM)]
        for source in sources:
            shutil.copy(source, folder)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "ink").write_bytes(ink.astype(np.float32).tobytes())
        run_node(f"{name} on WASM", SCRIPT, folder)
        return np.frombuffer((folder / "logits").read_bytes(), np.float32).reshape(-1, CLASSES)
