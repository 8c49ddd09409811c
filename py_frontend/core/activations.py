"""What a layer makes of the ink, as pictures: feature maps side by side, on one scale."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Protocol

MAX_LEVEL = 255
GAP = 1  # pixels between two maps


@dataclass(frozen=True)
class Field:
    """Which square of the input each value of a map sees, in pixels: see export/compile/spec.py."""

    size: int
    stride: int
    start: int

    def seen(self, rows: int, columns: int) -> tuple[int, int]:
        """How far a whole map sees: the first pixel, and the one after the last, both ways."""
        last = self.start + self.stride * (max(rows, columns) - 1)
        return self.start, last + self.size


class Tensors(Protocol):
    """Knows which tensors a model has."""

    def has(self, name: str) -> bool: ...


@dataclass(frozen=True)
class Layer:
    """A named output of a network: its maps, or values, and what they see of the input."""

    name: str
    shape: tuple[int, ...]
    field: Field | None = None

    @property
    def is_image(self) -> bool:
        return len(self.shape) == 3

    @property
    def number(self) -> int | None:
        """Its place in the network's list; None for outputs that are no layer's own."""
        kind, _, number = self.name.partition(" ")
        return int(number) if kind == "layer" else None

    @property
    def title(self) -> str:
        name = self.name.capitalize()
        if not self.is_image:
            return f"{name}: {self.shape[0]} units"
        channels, height, width = self.shape
        return f"{name}: {channels} maps of {height} by {width}"

    def weights_among(self, tensors: Tensors) -> str:
        """The name of the weights that lead to this layer's values: the last ones up to it."""
        names = [f"layers.{number}.weight" for number in range(self.number or 0, -1, -1)]
        return next(name for name in names if tensors.has(name))


@dataclass(frozen=True)
class Mosaic:
    """Maps side by side: opacities in 0..255, row by row, and where each map lies.

    All maps of a layer are on one scale: its highest value is opaque, zero is transparent.
    """

    levels: bytes
    width: int
    height: int
    columns: int
    map_width: int
    map_height: int

    def place(self, number: int) -> tuple[int, int]:
        """The left and the top of a map."""
        row, column = divmod(number, self.columns)
        return column * (self.map_width + GAP), row * (self.map_height + GAP)

    def at(self, x: float, y: float) -> int:
        """The number of the map under a point of the mosaic, which may be beyond the last one."""
        column = min(self.columns - 1, int(x / (self.map_width + GAP)))
        return int(y / (self.map_height + GAP)) * self.columns + column


def mosaic(values: array[float], shape: Sequence[int]) -> Mosaic:
    """The maps of a layer, `shape` (channels, height, width), in about a square."""
    channels, height, width = shape
    columns = ceil(sqrt(channels))
    rows = ceil(channels / columns)
    levels = _levels(values)
    gap, blank = bytes(GAP), bytes(width)
    lines = []
    for row in range(rows):
        for y in range(height):
            pieces = [
                levels[(number * height + y) * width :][:width] if number < channels else blank
                for number in range(row * columns, (row + 1) * columns)
            ]
            lines.append(gap.join(pieces))
        lines += [bytes(len(lines[0]))] * GAP
    lines = lines[:-GAP]
    return Mosaic(b"".join(lines), len(lines[0]), len(lines), columns, width, height)


def strongest(values: Sequence[float], count: int) -> list[int]:
    """The numbers of the highest positive values, the highest first."""
    order = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    return [number for number in order[:count] if values[number] > 0]


def summed(values: array[float], shape: Sequence[int]) -> list[float]:
    """How strongly each map of a layer answers: the sum of its values."""
    channels, height, width = shape
    pixels = height * width
    return [sum(values[number * pixels : (number + 1) * pixels]) for number in range(channels)]


def _levels(values: array[float]) -> bytes:
    highest = max(values, default=0.0)
    if not highest > 0:
        return bytes(len(values))
    scale = MAX_LEVEL / highest
    return bytes([int(value * scale) if value > 0 else 0 for value in values])
