"""Which training images a network finds most like a drawing, and where the drawing lies among them.

Features in few dimensions, as export/compile/prototypes.py writes them.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from math import sqrt
from operator import mul

from .image import SIDE_PX

MAP_UNITS = 255
NEARNESS = (
    1.0  # added to distances, so that an image at the very same place does not weigh infinitely
)
ON_MAP = 10  # neighbours that decide where a drawing lies
AROUND = 15  # prototypes that decide among which a place lies


@dataclass(frozen=True)
class Neighbour:
    """A training image: its number among the prototypes, its label and its distance."""

    number: int
    label: int
    distance: float


class Prototypes:
    """`axes` (F, D), `mean` (F,), `points` (N, D) int8, `places` (N, 2) and `labels` (N,) uint8,
    each flat, row by row; `images` (N, 392) with four bits to a pixel."""

    def __init__(
        self,
        mean: array[float],
        axes: array[float],
        points: bytes,
        places: bytes,
        labels: bytes,
        images: bytes,
    ):
        self.labels, self.places, self._images = labels, places, images
        dimensions = len(axes) // len(mean)
        self._axes = [axes[d::dimensions] for d in range(dimensions)]
        self._origin = [sum(map(mul, mean, axis)) for axis in self._axes]
        self._points = [array("b", points[d::dimensions]) for d in range(dimensions)]

    def __len__(self) -> int:
        return len(self.labels)

    def nearest(self, features: Sequence[float], count: int) -> list[Neighbour]:
        """The `count` prototypes nearest to a drawing with these features, the nearest first."""
        point = [
            sum(map(mul, features, axis)) - origin
            for axis, origin in zip(self._axes, self._origin, strict=True)
        ]
        squares = [0.0] * len(self)
        for at, column in zip(point, self._points, strict=True):
            squares = [s + (value - at) ** 2 for s, value in zip(squares, column, strict=True)]
        order = sorted(range(len(self)), key=squares.__getitem__)[:count]
        return [Neighbour(number, self.labels[number], sqrt(squares[number])) for number in order]

    def place_of(self, neighbours: Sequence[Neighbour]) -> tuple[float, float]:
        """Where a drawing with these neighbours lies on the map, in 0..1 from left and top: among
        them, the nearer the more."""
        weights = [1 / (neighbour.distance + NEARNESS) ** 2 for neighbour in neighbours]
        total = sum(weights) * MAP_UNITS
        x, y = (
            sum(w * self.places[2 * n.number + axis] for w, n in zip(weights, neighbours))
            for axis in (0, 1)
        )
        return x / total, y / total

    def label_near(self, place: tuple[float, float]) -> int:
        """The label of most prototypes that lie nearest to a place on the map, in 0..1."""
        x, y = (MAP_UNITS * at for at in place)
        around = nsmallest(
            AROUND,
            range(len(self)),
            key=lambda n: (self.places[2 * n] - x) ** 2 + (self.places[2 * n + 1] - y) ** 2,
        )
        labels = [self.labels[number] for number in around]
        return max(labels, key=labels.count)

    def image(self, number: int) -> list[float]:
        """The 784 ink values of a prototype."""
        size = SIDE_PX * SIDE_PX // 2
        packed = self._images[number * size : (number + 1) * size]
        return [level / 15 for byte in packed for level in (byte >> 4, byte & 15)]
