"""What an eraser leaves of the strokes that were drawn before it: pen strokes, cut where it went
over them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from math import dist

from .capsule import Capsule, Span, box_of, boxes_meet
from .simplification import simplified
from .strokes import Point, Stroke

# Both in parts of a stroke's width.
TOLERANCE = 0.02  # of the simplification before a line is cut
MIN_PIECE = 0.25  # shorter pieces that a cut leaves are slivers that nobody sees as ink


def remaining(strokes: Sequence[Stroke]) -> Sequence[Stroke]:
    """The pen strokes, or the pieces of them, whose centre lines no later eraser covered."""
    if all(stroke.tool == "pen" for stroke in strokes):
        return strokes
    return _erasures.left(strokes)


class _Erasures:
    """Remembers what each eraser stroke of the latest drawing left, because only the newest stroke
    changes while a person draws."""

    def __init__(self) -> None:
        self._strokes: Sequence[Stroke] = ()
        # By the number of strokes up to the eraser's.
        self._left: dict[int, tuple[Stroke, ...]] = {}

    def left(self, strokes: Sequence[Stroke]) -> tuple[Stroke, ...]:
        same = _common_length(self._strokes, strokes)
        self._strokes = tuple(strokes)
        self._left = {count: left for count, left in self._left.items() if count <= same}
        done = max(self._left, default=0)
        ink = list(self._left.get(done, ()))
        for count, stroke in enumerate(strokes[done:], done + 1):
            if stroke.tool == "pen":
                ink.append(stroke)
            else:
                ink = list(_erased(ink, stroke))
                self._left[count] = tuple(ink)
        return tuple(ink)


_erasures = _Erasures()


def _common_length(a: Sequence[Stroke], b: Sequence[Stroke]) -> int:
    """With how many of the same objects both begin."""
    pairs = zip(a, b, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))


def _erased(ink: Sequence[Stroke], eraser: Stroke) -> Iterator[Stroke]:
    path = simplified(eraser.points, TOLERANCE * eraser.width)
    capsules = [Capsule(start, end, eraser.width / 2) for start, end in _segments(path)]
    for stroke in ink:
        yield from _cut(stroke, capsules)


def _cut(stroke: Stroke, capsules: Sequence[Capsule]) -> list[Stroke]:
    """The pieces of one stroke that lie outside all capsules; the stroke itself where none touches
    it."""
    box = box_of(stroke.points)
    near = [capsule for capsule in capsules if boxes_meet(box, capsule.box)]
    if not near:
        return [stroke]
    points = simplified(stroke.points, TOLERANCE * stroke.width)
    pieces = list(_pieces(points, near))
    if pieces == [points]:
        return [stroke]
    shortest = MIN_PIECE * stroke.width
    return [
        Stroke(stroke.tool, stroke.width, tuple(piece))
        for piece in pieces
        if _length(piece) >= shortest
    ]


def _pieces(points: Sequence[Point], capsules: Sequence[Capsule]) -> Iterator[list[Point]]:
    """The runs of a polyline that no capsule covers."""
    piece: list[Point] = []
    for a, b in _segments(points):
        box = box_of((a, b))
        near = [capsule.covered(a, b) for capsule in capsules if boxes_meet(box, capsule.box)]
        for low, high in _gaps(near):
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
    """The point at t between a (0) and b (1); at the ends a and b themselves."""
    if t in (0, 1):
        return b if t else a
    return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])


def _segments(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Every two neighbours; of a dot, the point with itself."""
    return list(pairwise(points)) or [(points[0], points[0])]


def _length(points: Sequence[Point]) -> float:
    return sum(dist(a, b) for a, b in pairwise(points))
