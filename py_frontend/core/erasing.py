"""What an eraser leaves of the strokes drawn before it: pen strokes again, cut where the eraser went over them."""
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import dist

from .capsule import Capsule, Span
from .strokes import Point, Stroke
from .thinning import thinned

FINENESS = 0.02  # of a stroke's width: the tolerance of thinning before a line is cut
CRUMB = 0.25     # of a stroke's width: shorter pieces that a cut leaves are slivers that nobody sees as ink


def remaining(strokes: Sequence[Stroke]) -> list[Stroke]:
    """The pen strokes, or the pieces of them, whose centre lines no later eraser covered."""
    ink: list[Stroke] = []
    for stroke in strokes:
        if stroke.tool == "pen":
            ink.append(stroke)
        elif ink:
            ink = _erased(ink, stroke)
    return ink


def _erased(ink: Sequence[Stroke], eraser: Stroke) -> list[Stroke]:
    path = thinned(eraser.points, FINENESS * eraser.width)
    capsules = [Capsule(start, end, eraser.width / 2) for start, end in _segments(path)]
    return [piece for stroke in ink for piece in _cut(stroke, capsules)]


def _cut(stroke: Stroke, capsules: Sequence[Capsule]) -> list[Stroke]:
    """The pieces of one stroke that lie outside all capsules; the stroke itself where none touches it."""
    points = thinned(stroke.points, FINENESS * stroke.width)
    near = [capsule for capsule in capsules if capsule.may_touch(points)]
    pieces = list(_pieces(points, near)) if near else [points]
    if pieces == [points]:
        return [stroke]
    shortest = CRUMB * stroke.width
    return [Stroke(stroke.tool, stroke.width, tuple(piece)) for piece in pieces if _length(piece) >= shortest]


def _pieces(points: Sequence[Point], capsules: Sequence[Capsule]) -> Iterator[list[Point]]:
    """The runs of a polyline that no capsule covers."""
    piece: list[Point] = []
    for a, b in _segments(points):
        near = [capsule for capsule in capsules if capsule.may_touch((a, b))]
        for low, high in _gaps([capsule.covered(a, b) for capsule in near]):
            start, end = _at(a, b, low), _at(a, b, high)
            if piece and piece[-1] != start:
                yield piece
                piece = []
            piece = piece or [start]
            if end != start:
                piece.append(end)
    if piece:
        yield piece


def _gaps(covered: Sequence[Span]) -> Iterator[Span]:
    """What the spans leave of 0..1."""
    reached = 0.0
    for low, high in sorted(span for span in covered if span[0] <= span[1]):
        if low > reached:
            yield reached, low
        reached = max(reached, high)
    if reached < 1:
        yield reached, 1.0


def _at(a: Point, b: Point, t: float) -> Point:
    """The point at t between a (0) and b (1), exactly those at the ends."""
    if t in (0, 1):
        return b if t else a
    return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])


def _segments(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Each two neighbours; for a dot, the point with itself."""
    return list(pairwise(points)) or [(points[0], points[0])]


def _length(points: Sequence[Point]) -> float:
    return sum(dist(a, b) for a, b in pairwise(points))
