"""Straight cuts through a pen stroke, one beside the other: together they are the area that it
inks, with round ends and corners."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import ceil, dist, sqrt
from typing import NamedTuple

from .capsule import Span
from .simplification import simplified
from .strokes import Point, Stroke

FINENESS = 0.02  # of a stroke's width: the tolerance of simplification
SECTIONS_PER_WIDTH = 10
MAX_SECTIONS = 5000  # of a line so long that no hand draws it
SHARP = 0.7  # the cosine of the turn from which on a corner stands out as an end does
ACROSS: Point = (1.0, 0.0)  # the direction of what has none

WHOLE: tuple[Span, ...] = ((0.0, 1.0),)


class Section(NamedTuple):
    """One cut, from the stroke's left rim to its right one. It stands for `step` of the length.

    Those of round ends lie beyond the line. `visible` says what of it can be seen.
    """

    left: Point
    right: Point
    width: float
    step: float
    is_end: bool
    visible: tuple[Span, ...] = WHOLE

    def at(self, t: float) -> Point:
        (ax, ay), (bx, by) = self.left, self.right
        return ax + t * (bx - ax), ay + t * (by - ay)


class Cut(NamedTuple):
    """A stroke in sections, in their order, and the discs at its sharp corners in sections of their
    own, by the number of the section that ends at the corner."""

    sections: list[Section]
    corners: dict[int, list[Section]]


def cut(stroke: Stroke) -> Cut:
    points = simplified(stroke.points, FINENESS * stroke.width)
    length = sum(dist(a, b) for a, b in pairwise(points))
    step = max(stroke.width / SECTIONS_PER_WIDTH, length / MAX_SECTIONS)
    radius = stroke.width / 2
    if len(points) == 1:
        return Cut(list(_disc(points[0], radius, step)), {})
    directions = [_direction(a, b) for a, b in pairwise(points)]
    sections = [*_round_end(points[0], directions[0], -1, radius, step)][::-1]
    corners = {}
    for number, (a, b) in enumerate(pairwise(points)):
        if number and _dot(directions[number - 1], directions[number]) < SHARP:
            corners[len(sections) - 1] = list(_disc(a, radius, step))
        sections += _straight(a, b, directions[number], radius, step)
    sections += _round_end(points[-1], directions[-1], 1, radius, step)
    return Cut(sections, corners)


def _straight(
    a: Point, b: Point, direction: Point, radius: float, step: float
) -> Iterator[Section]:
    """Sections from a to b, one at either end."""
    length = dist(a, b)
    count = max(1, ceil(length / step))
    for i in range(count + 1):
        share = length / count * (0.5 if i in (0, count) else 1.0)
        yield _section(_beyond(a, direction, length * i / count), direction, radius, share, False)


def _round_end(
    point: Point, direction: Point, side: int, radius: float, step: float
) -> Iterator[Section]:
    """Sections of the half disc that reaches beyond `point`, outwards; `side` is 1 where it lies in
    the line's direction, and -1 where it lies before its start."""
    count = ceil(radius / step)
    for i in range(count):
        out = (i + 0.5) / count * radius
        half = sqrt(radius * radius - out * out)
        yield _section(_beyond(point, direction, side * out), direction, half, radius / count, True)


def _disc(point: Point, radius: float, step: float) -> Iterator[Section]:
    yield from [*_round_end(point, ACROSS, -1, radius, step)][::-1]
    yield _section(point, ACROSS, radius, 0.0, False)
    yield from _round_end(point, ACROSS, 1, radius, step)


def _section(centre: Point, direction: Point, half: float, step: float, is_end: bool) -> Section:
    aside = -direction[1], direction[0]
    left, right = _beyond(centre, aside, -half), _beyond(centre, aside, half)
    return Section(left, right, 2 * half, step, is_end)


def _beyond(point: Point, direction: Point, distance: float) -> Point:
    return point[0] + distance * direction[0], point[1] + distance * direction[1]


def _direction(a: Point, b: Point) -> Point:
    length = dist(a, b)
    return (b[0] - a[0]) / length, (b[1] - a[1]) / length


def _dot(a: Point, b: Point) -> float:
    return a[0] * b[0] + a[1] * b[1]
