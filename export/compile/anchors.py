"""What learning from corrections needs of MNIST, made from a model's own weights: directions in
which its features vary, and images that hold the ground."""

import json

import numpy as np
from safetensors.numpy import save

from py_frontend.core.anchors import ABOUT, FORMAT, MARGIN_STEPS, NEAREST_STEPS
from py_frontend.core.embedding import FINE, MAX_LEVEL, ROW_UNIT
from training.adaptation.embeddings import embeddings, thinned
from training.data.mnist import Examples
from training.networks.features import FeatureReader
from training.networks.layers import Network
from training.networks.models import CLASSES

IMAGES = 10_000  # of the training images, evenly taken, that the others stand for
ANCHORS = 1_000  # of these, as many of each digit
DIRECTIONS = 128
MAX_BYTE = 127
HEADROOM = 2  # of a feature's levels above the largest of MNIST's
SURE = 0.5  # a taught drawing is read so much as surely as MNIST's images are in the median


def anchor_file(network: Network, train: Examples, weights: str) -> bytes:
    """The file that py_frontend/core/anchors.py reads, for a network as it ships; `weights` is the
    digest of its weights."""
    reader, images = FeatureReader(network), train.evenly(IMAGES)
    seen, labels = reader.read(images.images), images.labels.astype(int)
    tensors, texts = projection(seen.features, reader.shape)
    margins = seen.logits[np.arange(len(labels)), labels][:, None] - seen.logits
    sureness = np.where(np.eye(CLASSES, dtype=bool)[labels], np.inf, margins).min(axis=1)
    chosen = evenly_by_sureness(labels, sureness)
    texts["margin"] = repr(round(float(np.median(sureness)) * SURE, 3))
    unit = embeddings(tensors, texts, seen.features[chosen])
    rows = to_bytes(unit * ROW_UNIT)
    tensors |= {
        "rows": rows,
        "labels": labels[chosen].astype(np.uint8),
        "margins": (margins[chosen] * MARGIN_STEPS).round().clip(0, 255).astype(np.uint8),
        **nearest(rows, labels[chosen]),
    }
    about = {"format": FORMAT, "weights": weights, **texts}
    return save(tensors, {ABOUT: json.dumps(about)})


def projection(features: np.ndarray, shape: tuple[int, ...]) -> tuple[dict, dict[str, str]]:
    """The arrays and texts that make embeddings: principal directions of the thinned features, each
    scaled so that MNIST's images vary as much in all."""
    values = thinned(features, shape).astype(np.float64)
    levels = MAX_LEVEL / HEADROOM / float(values.max())
    quantized = (values * levels).round()
    mean = quantized.mean(axis=0)
    centred = quantized - mean
    _, vectors = np.linalg.eigh(centred.T @ centred / len(values))
    directions = with_sign(vectors[:, ::-1].T[:DIRECTIONS])
    rows = to_bytes(directions * (MAX_BYTE / np.abs(directions).max(axis=1, keepdims=True)))
    deviations = (centred @ rows.T.astype(np.float64)).std(axis=0)
    return {
        "directions": rows,
        "offsets": (rows @ mean).round().astype(np.int32),
        "weights": (FINE / np.maximum(deviations, 1)).astype(np.float32),
    }, {"shape": ",".join(map(str, shape)), "levels": repr(round(levels, 6))}


def with_sign(directions: np.ndarray) -> np.ndarray:
    """Each with its largest part positive: the sign of an eigenvector is left to the library."""
    largest = np.abs(directions).argmax(axis=1)
    return directions * np.sign(directions[np.arange(len(directions)), largest])[:, None]


def to_bytes(values: np.ndarray) -> np.ndarray:
    """Row by row in memory, as save() takes an array to lie."""
    return np.ascontiguousarray(values.round().clip(-MAX_BYTE, MAX_BYTE), np.int8)


def evenly_by_sureness(labels: np.ndarray, sureness: np.ndarray) -> np.ndarray:
    """Indices of as many images of each digit, digit by digit; in each evenly from the least to
    the most surely read. Misread images are left out, unless a digit has no others."""
    chosen = []
    for digit in range(CLASSES):
        of_digit = np.flatnonzero(labels == digit)
        found = of_digit[sureness[of_digit] > 0]
        found = found if len(found) else of_digit
        ordered = found[np.argsort(sureness[found], kind="stable")]
        wanted = min(ANCHORS // CLASSES, len(ordered))
        chosen.append(ordered[np.arange(wanted) * len(ordered) // wanted])
    return np.concatenate(chosen)


def nearest(rows: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """For each image the cosine of the nearest other one and its digit, and the cosine of the
    nearest that is neither of that digit nor the image itself."""
    unit = rows / np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -1)
    found = labels[cosines.argmax(axis=1)]
    further = np.where(labels[None, :] == found[:, None], -1, cosines)
    both = np.stack([cosines.max(axis=1), further.max(axis=1)], axis=1)
    return {
        "nearest": (both * NEAREST_STEPS).round().astype(np.int16),
        "nearest_labels": found.astype(np.uint8),
    }
