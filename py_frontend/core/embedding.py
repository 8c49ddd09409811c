"""Drawings as a network sees them, in few numbers: by these, drawings resemble one another.

The features (the input of a network's last layer) and the ink itself are thinned, projected onto
the directions in which different drawings differ most beside the drawings that one hand means to be
alike, scaled so that MNIST's images vary as much in each, and brought to length one (linear
discriminant analysis, Fisher 1936, as speaker recognition uses it: Hatch et al. 2006). All in
integers: the same features give the same embedding, to the bit, in whatever order they are added
up.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from operator import add

from .packed import PackedRows

Embedding = tuple[int, ...]

MAX_LEVEL = 8191  # of a feature as an integer
INK_SHAPE = (1, 28, 28)
FINE = 1024  # steps in a standard deviation of a direction
UNIT = 8192  # length of an embedding
ROW_UNIT = 127  # length of an embedding that others are compared with, in signed bytes
COSINE = 1.0 / (UNIT * ROW_UNIT)  # of a product of the two


class Embedder:
    """Makes embeddings of one network's features and of the ink that they come from.

    `shape` is that of the features, (count,) or (channels, height, width); `directions` are signed
    bytes, row by row, for the thinned features and then the thinned ink, each in its own `levels`;
    a product with a direction, minus its offset, is scaled by its weight.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        levels: float,
        ink_levels: float,
        directions: bytes,
        offsets: Sequence[int],
        weights: Sequence[float],
    ):
        self._shape, self._levels, self._ink_levels = shape, levels, ink_levels
        self._directions = PackedRows.of_rows(directions, len(directions) // len(offsets))
        self._offsets, self._weights = offsets, weights

    def embed(self, features: Sequence[float], ink: Sequence[float]) -> Embedding:
        whole = levels(thinned(features, self._shape), self._levels)
        whole += levels(thinned(ink, INK_SHAPE), self._ink_levels)
        products = self._directions.products(whole)
        return _of_length_one(
            [
                round((product - offset) * weight)
                for product, offset, weight in zip(products, self._offsets, self._weights)
            ]
        )


def levels(values: list[float], scale: float) -> list[int]:
    """Integers, at most MAX_LEVEL either way."""
    found = [round(value * scale) for value in values]
    if not found or (max(found) <= MAX_LEVEL and min(found) >= -MAX_LEVEL):
        return found
    return [max(-MAX_LEVEL, min(MAX_LEVEL, number)) for number in found]


def thinned(features: Sequence[float], shape: tuple[int, ...]) -> list[float]:
    """Feature maps (C, H, W) as sums of 2x2 neighbours, H and W even; others as they are."""
    if len(shape) != 3:
        return list(features)
    width = shape[2]
    two_rows, half = 2 * width, width // 2
    result = [0.0] * (len(features) // 4)
    for column in range(0, width, 2):
        above, below = column, column + width
        upper = map(add, features[above::two_rows], features[above + 1 :: two_rows])
        lower = map(add, features[below::two_rows], features[below + 1 :: two_rows])
        result[column // 2 :: half] = map(add, upper, lower)
    return result


def row(embedding: Embedding) -> bytes:
    """The embedding in signed bytes, to compare others with."""
    return bytes(round(value * (ROW_UNIT / UNIT)) & 0xFF for value in embedding)


def _of_length_one(values: list[int]) -> Embedding:
    """Zeros stay zeros: they resemble nothing."""
    length = sqrt(sum(value * value for value in values))
    scale = UNIT / length if length else 0.0
    return tuple(round(value * scale) for value in values)
