"""Whether a drawing is more than one digit: separate groups of strokes side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, dist

from .simplification import spaced
from .strokes import Point, Stroke

NEAR_WIDTHS = 1.5  # of the pen, between centre lines: what is nearer was meant to touch
NEAR_HEIGHTS = 0.12  # of the tallest group: the same for large drawings
MIN_HEIGHT = 0.45  # of the tallest group: what is smaller is a part of the digit beside it

Group = tuple[Stroke, ...]


def groups(strokes: Sequence[Stroke]) -> tuple[Group, ...]:
    """Pen strokes in groups from left to right; one group where they may all be one digit.

    Between two groups there is a gap from top to bottom. Both are about as tall, and nowhere so
    near that a stroke may just have stopped short of the other.
    """
    columns = _columns(strokes)
    if len(columns) < 2:
        return tuple(map(tuple, columns))
    tallest = max(map(_height, columns))
    near = max(NEAR_WIDTHS * max(stroke.width for stroke in strokes), NEAR_HEIGHTS * tallest)
    found = [columns[0]]
    for column in columns[1:]:
        is_whole = min(_height(found[-1]), _height(column)) >= MIN_HEIGHT * tallest
        if is_whole and _is_farther(found[-1], column, near):
            found.append(column)
        else:
            found[-1] = [*found[-1], *column]
    return tuple(map(tuple, found))


def _columns(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    """Strokes with no gap from top to bottom between them, from left to right."""
    columns: list[list[Stroke]] = []
    reached = 0.0
    for stroke in sorted(strokes, key=_left):
        if not columns or _left(stroke) > reached:
            columns.append([])
            reached = _right(stroke)
        columns[-1].append(stroke)
        reached = max(reached, _right(stroke))
    return columns


def _left(stroke: Stroke) -> float:
    return min(x for x, _ in stroke.points) - stroke.width / 2


def _right(stroke: Stroke) -> float:
    return max(x for x, _ in stroke.points) + stroke.width / 2


def _height(column: Sequence[Stroke]) -> float:
    tops = [min(y for _, y in stroke.points) - stroke.width / 2 for stroke in column]
    bottoms = [max(y for _, y in stroke.points) + stroke.width / 2 for stroke in column]
    return max(bottoms) - min(tops)


def _is_farther(a: Sequence[Stroke], b: Sequence[Stroke], near: float) -> bool:
    """Whether all of `a` is farther than that from all of `b`, which lies to its right."""
    lefts, rights = _points(a), _points(b)
    if min(x for x, _ in rights) - max(x for x, _ in lefts) > near:
        return True
    return min(dist(p, q) for p in lefts for q in rights) > near


def _points(column: Sequence[Stroke]) -> list[Point]:
    """Points half a pen's width apart, whether the hand was slow or left only corners."""
    return [point for stroke in column for point in _evenly(stroke.points, stroke.width / 2)]


def _evenly(points: Sequence[Point], distance: float) -> Iterator[Point]:
    kept = spaced(points, distance)
    yield kept[-1]
    for (ax, ay), (bx, by) in pairwise(kept):
        parts = max(1, ceil(dist((ax, ay), (bx, by)) / distance))
        for part in range(parts):
            yield ax + (bx - ax) * part / parts, ay + (by - ay) * part / parts
