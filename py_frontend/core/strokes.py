"""Strokes: what a person drew, as values. Everything that is shown or classified is made from
them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Literal

Tool = Literal["pen", "eraser"]
Point = tuple[float, float]

TOOLS: tuple[Tool, ...] = ("pen", "eraser")
MAX_COORDINATE = (
    1e6  # canvas units; far beyond any canvas, and squares of it are still exact enough
)


class StrokeError(ValueError):
    """A stroke that no pen could have drawn."""


@dataclass(frozen=True)
class Stroke:
    """One movement of a tool: its centre line's points (x, y) and its width, in canvas units; y
    grows downwards."""

    tool: Tool
    width: float
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if self.tool not in TOOLS:
            raise StrokeError(f"{self.tool!r} is no tool (tools: {', '.join(TOOLS)})")
        if not 0 < self.width <= MAX_COORDINATE:
            raise StrokeError(f"a stroke cannot be {self.width} units wide")
        if not self.points:
            raise StrokeError("a stroke needs at least one point")
        _check(self.points)

    def extended(self, points: Iterable[Point]) -> "Stroke":
        """This stroke with more points at its end, of which only the new ones are checked: a
        stroke grows with every event, and its length must not be paid for at each."""
        more = tuple(points)
        _check(more)
        longer = object.__new__(Stroke)
        for name, value in (
            ("tool", self.tool),
            ("width", self.width),
            ("points", (*self.points, *more)),
        ):
            object.__setattr__(longer, name, value)
        return longer


def _check(points: Sequence[Point]) -> None:
    numbers = list(chain.from_iterable(points))
    if not isfinite(sum(numbers)) or any(abs(number) > MAX_COORDINATE for number in numbers):
        raise StrokeError(f"a stroke's coordinates must be numbers within ±{MAX_COORDINATE:.0f}")


def usable_points(points: Iterable[Sequence[float]]) -> list[Point]:
    """The border for points from outside: those that are not numbers are dropped, those far off are
    brought near."""
    return [(_bounded(x), _bounded(y)) for x, y in points if isfinite(x) and isfinite(y)]


def _bounded(coordinate: float) -> float:
    return max(-MAX_COORDINATE, min(MAX_COORDINATE, float(coordinate)))
