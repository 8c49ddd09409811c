"""Drawings to try: the ten digits, and ten that are hard. Made up, nobody's hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from .placement import CANVAS_UNITS
from .strokes import Point, Stroke

PEN_UNITS = 16.0


@dataclass(frozen=True)
class Example:
    """A drawing with a name for the person."""

    name: str
    strokes: tuple[Stroke, ...]


def _arc(
    x: float, y: float, rx: float, ry: float, start: float, end: float, points: int = 24
) -> list[Point]:
    """Part of an ellipse; angles in turns, clockwise on the screen, 0 to the right."""
    angles = (2 * pi * (start + (end - start) * i / (points - 1)) for i in range(points))
    return [(x + rx * cos(angle), y + ry * sin(angle)) for angle in angles]


def _example(name: str, *lines: Sequence[Point]) -> Example:
    """Lines in 0..1 of the canvas, y downwards."""
    strokes = (
        Stroke("pen", PEN_UNITS, tuple((CANVAS_UNITS * x, CANVAS_UNITS * y) for x, y in line))
        for line in lines
    )
    return Example(name, tuple(strokes))


_RING = _arc(0.5, 0.5, 0.17, 0.3, -0.25, 0.77, 36)

DIGITS: tuple[Example, ...] = (
    _example("0", _RING),
    _example("1", [(0.52, 0.2), (0.5, 0.5), (0.48, 0.8)]),
    _example("2", [*_arc(0.5, 0.36, 0.17, 0.16, -0.5, 0.08), (0.33, 0.78), (0.68, 0.78)]),
    _example(
        "3",
        [*_arc(0.48, 0.35, 0.16, 0.15, -0.45, 0.22), *_arc(0.47, 0.65, 0.19, 0.16, -0.22, 0.42)],
    ),
    _example("4", [(0.4, 0.2), (0.32, 0.53), (0.68, 0.53)], [(0.6, 0.22), (0.58, 0.82)]),
    _example(
        "5", [(0.64, 0.22), (0.4, 0.22), (0.37, 0.47), *_arc(0.48, 0.62, 0.17, 0.17, -0.3, 0.4)]
    ),
    _example("6", [(0.58, 0.2), (0.44, 0.38), *_arc(0.49, 0.65, 0.14, 0.15, 0.5, -0.5)]),
    _example("7", [(0.32, 0.24), (0.66, 0.24), (0.54, 0.5), (0.45, 0.8)]),
    _example(
        "8", [*_arc(0.5, 0.36, 0.13, 0.14, 0.25, -0.75), *_arc(0.5, 0.66, 0.16, 0.16, -0.25, 0.75)]
    ),
    _example("9", [*_arc(0.49, 0.36, 0.14, 0.15, 0.0, -1.0), (0.62, 0.5), (0.58, 0.8)]),
)

_SCRIBBLE = [(0.2 + 0.6 * (7 * i % 13) / 12, 0.2 + 0.6 * (5 * i % 11) / 10) for i in range(16)]

HARD: tuple[Example, ...] = (
    _example("slashed 0", _RING, [(0.64, 0.22), (0.36, 0.78)]),
    _example("flagged 1", [(0.36, 0.38), (0.54, 0.2), (0.52, 0.8)]),
    _example(
        "looped 2",
        [
            *_arc(0.5, 0.35, 0.15, 0.15, -0.5, 0.1),
            *_arc(0.4, 0.72, 0.07, 0.06, 0, -0.9),
            (0.7, 0.78),
        ],
    ),
    _example("open 4", [(0.4, 0.22), (0.34, 0.52), (0.64, 0.5)], [(0.63, 0.24), (0.6, 0.8)]),
    _example(
        "angular 5",
        [(0.66, 0.22), (0.4, 0.24), (0.38, 0.46), (0.62, 0.52), (0.6, 0.74), (0.36, 0.78)],
    ),
    _example("crossed 7", [(0.32, 0.24), (0.68, 0.24), (0.46, 0.8)], [(0.4, 0.52), (0.66, 0.5)]),
    _example("straight 9", [*_arc(0.49, 0.36, 0.13, 0.14, 0.05, -0.95), (0.63, 0.3), (0.62, 0.8)]),
    _example("a letter", [(0.32, 0.8), (0.5, 0.2), (0.68, 0.8)], [(0.39, 0.58), (0.61, 0.58)]),
    _example("a scribble", _SCRIBBLE),
    _example("two digits", [(0.3, 0.25), (0.29, 0.75)], [(0.5, 0.27), (0.78, 0.27), (0.6, 0.75)]),
)
