"""Real pen strokes as the images that the page would make of them: for judging, never for
training."""

import gzip
import json
import zlib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from py_frontend.core.image import mnist_image
from py_frontend.core.placement import CANVAS_UNITS
from py_frontend.core.strokes import Stroke

PEN_UNITS = 16.0
DRAWN_PART = 0.675  # of the canvas that a digit is tall


class StrokesError(Exception):
    """A file of strokes is missing or not in the form that is expected."""


@dataclass(frozen=True)
class StrokeDigits:
    """Digits as their writers drew them: images (N, 784) float32 in 0..1, labels (N,), writers
    (N,)."""

    images: np.ndarray
    labels: np.ndarray
    writers: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Which digits are of writers whose misread digits may be looked at (N,)."""
        return np.array([is_seen(writer) for writer in self.writers])


def is_seen(writer) -> bool:
    """Half of all writers, drawn by the SHA-256 of their names: forms are thought of by looking at
    the errors on their digits. The other half is never looked at and decides."""
    return sha256(f"writer {writer}".encode()).digest()[0] % 2 == 0


def load_strokes(path: Path) -> StrokeDigits:
    """Reads a JSON list (gzip or not) of {label, writer, strokes: lists of (x, y), y down, in a
    unit box}."""
    try:
        content = path.read_bytes()
        records = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
        images = [drawn_image(record["strokes"]) for record in records]
        labels, writers = (
            np.array([record[name] for record in records]) for name in ("label", "writer")
        )
    except FileNotFoundError:
        raise StrokesError(f"{path} does not exist.") from None
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise StrokesError(f"{path} is not a file of strokes: {error!r}") from error
    if not images:
        raise StrokesError(f"{path} holds no strokes.")
    return StrokeDigits(np.array(images), labels, writers)


def drawn_image(strokes: list) -> np.ndarray:
    """The 784 ink values of strokes that a pen draws on the page's canvas; raises ValueError when
    they have no points."""
    scale = CANVAS_UNITS * DRAWN_PART
    ink = mnist_image(
        [
            Stroke("pen", PEN_UNITS, tuple((x * scale, y * scale) for x, y in points))
            for points in strokes
        ]
    )
    if ink is None:
        raise ValueError("a digit without strokes")
    return np.array(ink, np.float32)
