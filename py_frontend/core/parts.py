"""Parts of a stroke that a person would name: bars, and the curves between them.

A stroke is split at its sharp corners and at both ends of every long straight part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import dist

from .capsule import Box, box_of
from .simplification import simplified
from .strokes import Point, Stroke

TOLERANCE_WIDTHS = 0.4  # of the pen: what bends less is straight
SHARP = 0.5  # the cosine of the turn at a corner is at most this
LONG = 0.25  # of the stroke's length, from which on a straight part stands by itself
MIN_WIDTHS = 2.0  # of the pen: what is shorter is no part
STRAIGHT = 0.95  # of a part's length is the distance of its ends
STEEP = 2.0  # the slope from which on a bar is upright


@dataclass(frozen=True)
class Part:
    """A piece of a stroke, and the words for it, such as `bar at the top left`."""

    stroke: Stroke
    words: str


def parts_of(strokes: Sequence[Stroke], number: int) -> tuple[Part, ...]:
    """The parts of one of the strokes; none where it is all of one piece."""
    stroke = strokes[number]
    pieces = list(_pieces(stroke))
    if len(pieces) < 2:
        return ()
    drawn = [point for each in strokes if each.tool == "pen" for point in each.points]
    return tuple(
        Part(Stroke("pen", stroke.width, tuple(piece)), _words(piece, drawn)) for piece in pieces
    )


def _pieces(stroke: Stroke) -> Iterator[list[Point]]:
    """Each begins where the one before it ends; what would be too short is left with its
    neighbour."""
    points, least = stroke.points, MIN_WIDTHS * stroke.width
    begun = 0
    for bend in _bends(stroke):
        if min(_length(points[begun : bend + 1]), _length(points[bend:])) >= least:
            yield list(points[begun : bend + 1])
            begun = bend
    yield list(points[begun:])


def _bends(stroke: Stroke) -> Iterator[int]:
    """The numbers of the points at which the stroke may be split."""
    corners = simplified(stroke.points, TOLERANCE_WIDTHS * stroke.width)
    long = LONG * _length(corners)
    begun = 0
    for before, corner, after in zip(corners, corners[1:], corners[2:]):
        begun = stroke.points.index(corner, begun)
        reach = max(dist(before, corner), dist(corner, after))
        if reach >= long or _cosine(before, corner, after) <= SHARP:
            yield begun


def _cosine(before: Point, corner: Point, after: Point) -> float:
    """Of the turn at `corner`; one where the line goes straight on."""
    (ax, ay), (bx, by), (cx, cy) = before, corner, after
    product = (bx - ax) * (cx - bx) + (by - ay) * (cy - by)
    return product / ((dist(before, corner) * dist(corner, after)) or 1)


def _length(points: Sequence[Point]) -> float:
    return sum(dist(a, b) for a, b in pairwise(points))


def _words(piece: Sequence[Point], drawn: Sequence[Point]) -> str:
    return f"{_shape(piece)} {_place(piece, drawn)}"


def _shape(piece: Sequence[Point]) -> str:
    (ax, ay), (bx, by) = piece[0], piece[-1]
    if dist(piece[0], piece[-1]) < STRAIGHT * _length(piece):
        return "curve"
    return "upright bar" if abs(by - ay) > STEEP * abs(bx - ax) else "bar"


def _place(piece: Sequence[Point], drawn: Sequence[Point]) -> str:
    """Where in the drawing the middle of the piece lies."""
    x = sum(x for x, _ in piece) / len(piece)
    y = sum(y for _, y in piece) / len(piece)
    return place_in(box_of(drawn), x, y)


def place_in(box: Box, x: float, y: float) -> str:
    """The words for that of nine fields of the box in which a point lies."""
    left, top, right, bottom = box
    across = _third((x - left) / ((right - left) or 1), "left", "right")
    down = _third((y - top) / ((bottom - top) or 1), "top", "bottom")
    place = " ".join(filter(None, [down, across]))
    return f"at the {place}" if place else "in the middle"


def _third(share: float, first: str, last: str) -> str:
    return first if share < 1 / 3 else last if share > 2 / 3 else ""
