"""Anchors of a made-up network: ten clusters of features, each with its own digit."""

import json
from functools import cache

import numpy as np
from safetensors.numpy import save

from export.compile import anchors as export
from py_frontend.core.anchors import ABOUT, FORMAT, MARGIN_STEPS, Anchors
from py_frontend.core.embedding import ROW_UNIT
from py_frontend.core.tensors import read_tensors
from training.adaptation.embeddings import embeddings
from training.networks.features import Seen
from training.synthetic.rewriting import COPIES

from .programs import once_in_a_run

SHAPE = (4, 4, 4)
FEATURES = int(np.prod(SHAPE))
CENTRES = np.abs(np.random.default_rng(0).normal(0, 1, (10, FEATURES)))
WEIGHTS = CENTRES - CENTRES.mean(axis=0)
PIXELS = np.random.default_rng(2).normal(0, 0.1, (FEATURES, 784))


def features(digits: np.ndarray, seed: int, noise: float = 0.5) -> np.ndarray:
    """Of drawings of `digits` (N,), never negative."""
    rng = np.random.default_rng(seed)
    return np.maximum(0, CENTRES[digits] + rng.normal(0, noise, (len(digits), FEATURES)))


def logits(of: np.ndarray) -> np.ndarray:
    """(N, 10); each row by itself, as sums of many at once may round otherwise."""
    return np.array([WEIGHTS @ row * 0.3 for row in of])


def ink(of: np.ndarray) -> np.ndarray:
    """The drawings (N, 784) in 0..1 that features (N, F) come from."""
    return np.sin(of @ PIXELS) ** 2


def seen(of: np.ndarray) -> Seen:
    return Seen(of, logits(of), ink(of))


@cache
def anchor_file(count: int = 300, sees_ink: bool = True) -> bytes:
    """In the format that the page reads, by the parts of the export that need no network."""
    return once_in_a_run(f"anchors-{count}-{sees_ink}", lambda: exported(count, sees_ink))


def exported(count: int, sees_ink: bool) -> bytes:
    labels = np.repeat(np.arange(10), count // 10)
    known = export.Known(seen(features(labels, seed=1)), labels)
    alike = features(labels, seed=1, noise=0.2)
    again = np.repeat(alike, COPIES, axis=0)
    again = np.maximum(0, again + np.random.default_rng(3).normal(0, 0.2, again.shape))
    tensors, texts = export.projection(known.seen, [seen(again)], SHAPE, export.INK * sees_ink)
    rows = export.to_bytes(embeddings(tensors, texts, known.seen) * ROW_UNIT)
    tensors |= {
        "rows": rows,
        "labels": labels.astype(np.uint8),
        "margins": (known.margins * MARGIN_STEPS).round().clip(0, 255).astype(np.uint8),
        **export.nearest(rows, labels),
    }
    about = {"format": FORMAT, "margin": "3.0", "gate": "0.7", "steepness": "1.5", **texts}
    return save(tensors, {ABOUT: json.dumps(about)})


def anchors() -> Anchors:
    return Anchors(read_tensors(anchor_file()))
