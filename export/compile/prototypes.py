"""What the panel of neighbours needs: training images, their features in few dimensions, and their
places on a map of all digits.

A file for each model holds the features of the same images; the images themselves are in one file
for all models. Everything is computed from the eight-bit network as it ships.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from safetensors.numpy import save
from tinygrad import Tensor

from training.data.mnist import Examples
from training.networks.models import CLASSES
from training.networks.quantize import QuantizedNetwork

from .outputs import has_weights

PER_CLASS = 150
DIMENSIONS = 24
BATCH = 500
SEED = 0
MAX_INT8 = 127

TSNE_STEPS, EXAGGERATED_STEPS = 400, 100
EXAGGERATION, LEARNING_RATE = 12.0, 200.0
PERPLEXITY, BISECTIONS = 30.0, 40


@dataclass(frozen=True)
class Projection:
    """Features (N, F) to few dimensions (N, D): (features - mean) @ axes, then in units of `scale`,
    so that the prototypes fill the range of eight bits."""

    mean: np.ndarray
    axes: np.ndarray
    scale: float

    def __call__(self, features: np.ndarray) -> np.ndarray:
        return (features - self.mean) @ self.axes / self.scale


def chosen(train: Examples) -> Examples:
    """The prototypes: equally many training images of each class, drawn at random."""
    numbers = np.random.default_rng(SEED)
    rows = [
        numbers.choice(np.flatnonzero(train.labels == digit), PER_CLASS, replace=False)
        for digit in range(CLASSES)
    ]
    return train.at(np.concatenate(rows))


def features_of(network: QuantizedNetwork, images: np.ndarray) -> np.ndarray:
    """What the last layer with weights is given for `images` (N, 784) uint8, as (N, F) float32."""
    return np.concatenate([*_batches(network, images.astype(np.float32) / 255)])


def _batches(network: QuantizedNetwork, ink: np.ndarray) -> Iterator[np.ndarray]:
    *before, last = network.layers
    assert has_weights(last)
    for start in range(0, len(ink), BATCH):
        batch = Tensor(ink[start : start + BATCH])
        yield batch.sequential(before).flatten(1).numpy()


def projection_of(features: np.ndarray) -> Projection:
    """The principal axes of `features`."""
    mean = features.mean(axis=0)
    _, _, axes = np.linalg.svd(features - mean, full_matrices=False)
    axes = axes[:DIMENSIONS].T
    scale = np.abs((features - mean) @ axes).max() / MAX_INT8
    return Projection(mean.astype(np.float32), axes.astype(np.float32), float(scale))


def prototypes_file(network: QuantizedNetwork, prototypes: Examples) -> bytes:
    """The features and the map of `prototypes` for one network, as a safetensors file.

    `axes` (F, D) and `mean` (F,) bring a drawing's features to where `points` (N, D) int8 are;
    `places` (N, 2) uint8 is where each prototype lies on the map.
    """
    features = features_of(network, prototypes.images)
    projection = projection_of(features)
    points = projection(features).round().clip(-MAX_INT8, MAX_INT8).astype(np.int8)
    return save(
        {
            "mean": projection.mean,
            "axes": np.ascontiguousarray(projection.axes / projection.scale, np.float32),
            "points": points,
            "places": on_map(points.astype(np.float64)),
            "labels": prototypes.labels,
        }
    )


def images_file(prototypes: Examples) -> bytes:
    """The images of the prototypes with four bits to a pixel: `images` (N, 392) uint8, the left
    pixel of two in the upper half of a byte, and `labels` (N,)."""
    levels = (prototypes.images.astype(np.uint16) * 15 + 127) // 255
    packed = (levels[:, ::2] << 4 | levels[:, 1::2]).astype(np.uint8)
    return save({"images": packed, "labels": prototypes.labels})


def on_map(points: np.ndarray) -> np.ndarray:
    """Places (N, 2) uint8 on which near points are near: t-SNE, exactly (van der Maaten & Hinton
    2008), from the first two principal axes, so that it is the same every time."""
    similarities = _joint(_affinities(_squares(points)))
    places = points[:, :2] / (points[:, :2].std() or 1) * 1e-2
    step, gains = np.zeros_like(places), np.ones_like(places)
    for turn in range(TSNE_STEPS):
        exaggerated = EXAGGERATION if turn < EXAGGERATED_STEPS else 1.0
        gradient = _gradient(exaggerated * similarities, places)
        gains = np.where(np.sign(gradient) != np.sign(step), gains + 0.2, gains * 0.8).clip(0.01)
        momentum = 0.5 if turn < EXAGGERATED_STEPS else 0.8
        step = momentum * step - LEARNING_RATE * gains * gradient
        places = places + step
        places -= places.mean(axis=0)
    low, high = places.min(axis=0), places.max(axis=0)
    return ((places - low) / (high - low) * 255).round().astype(np.uint8)


def _squares(points: np.ndarray) -> np.ndarray:
    """Squared distances (N, N)."""
    norms = (points**2).sum(axis=1)
    return np.maximum(norms[:, None] + norms - 2 * points @ points.T, 0)


def _affinities(squares: np.ndarray) -> np.ndarray:
    """Each point's neighbours as probabilities (N, N), with widths of one perplexity."""
    low, high = np.full(len(squares), 1e-12), np.full(len(squares), 1e12)
    for _ in range(BISECTIONS):
        precision = np.sqrt(low * high)
        shares = np.exp(-squares * precision[:, None])
        np.fill_diagonal(shares, 0)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-300)
        entropy = -(shares * np.log(np.maximum(shares, 1e-300))).sum(axis=1)
        too_wide = entropy > np.log(PERPLEXITY)
        low, high = np.where(too_wide, precision, low), np.where(too_wide, high, precision)
    return shares


def _joint(affinities: np.ndarray) -> np.ndarray:
    return np.maximum((affinities + affinities.T) / (2 * len(affinities)), 1e-12)


def _gradient(similarities: np.ndarray, places: np.ndarray) -> np.ndarray:
    kernel = 1 / (1 + _squares(places))
    np.fill_diagonal(kernel, 0)
    pull = (similarities - kernel / kernel.sum()) * kernel
    return 4 * (pull.sum(axis=1)[:, None] * places - pull @ places)
