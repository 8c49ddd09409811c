"""The area that a round tool covers when it moves in a straight line, and the parts of lines that
lie in it."""

from collections.abc import Sequence
from math import hypot, inf, sqrt

from .strokes import Point

Span = tuple[float, float]  # from t to t, in parts of a segment: 0 is its start, 1 its end
Box = tuple[float, float, float, float]  # left, top, right, bottom
NOWHERE: Span = (inf, -inf)
EVERYWHERE: Span = (-inf, inf)


class Capsule:
    """All points within `radius` of the segment from `start` to `end`; a disc where both are the
    same."""

    def __init__(self, start: Point, end: Point, radius: float):
        self.start = start
        self.end = end
        self.radius = radius
        left, top, right, bottom = box_of((start, end))
        self.box = left - radius, top - radius, right + radius, bottom + radius

    def distance(self, point: Point) -> float:
        """From the segment between `start` and `end`."""
        (ax, ay), (bx, by) = self.start, self.end
        ux, uy, wx, wy = bx - ax, by - ay, point[0] - ax, point[1] - ay
        squared = ux * ux + uy * uy
        t = max(0.0, min(1.0, (wx * ux + wy * uy) / squared)) if squared else 0.0
        return hypot(wx - t * ux, wy - t * uy)

    def covered(self, a: Point, b: Point) -> Span:
        """The part of the segment from a to b that lies inside: one span, because a capsule is
        convex. Its start is greater than its end where no part does."""
        ux, uy = b[0] - a[0], b[1] - a[1]
        spans = [
            _in_disc(a, ux, uy, self.start, self.radius),
            _in_disc(a, ux, uy, self.end, self.radius),
            self._in_middle(a, ux, uy),
        ]
        low, high = min(low for low, _ in spans), max(high for _, high in spans)
        return max(0.0, low), min(1.0, high)

    def _in_middle(self, a: Point, ux: float, uy: float) -> Span:
        """Where a + t(ux, uy) is inside the rectangle between the two round ends."""
        dx, dy = self.end[0] - self.start[0], self.end[1] - self.start[1]
        length = hypot(dx, dy)
        if not length:
            return NOWHERE
        dx, dy = dx / length, dy / length
        wx, wy = a[0] - self.start[0], a[1] - self.start[1]
        along = _in_interval(wx * dx + wy * dy, ux * dx + uy * dy, 0, length)
        across = _in_interval(wy * dx - wx * dy, uy * dx - ux * dy, -self.radius, self.radius)
        span = max(along[0], across[0]), min(along[1], across[1])
        return span if span[0] <= span[1] else NOWHERE


def box_of(points: Sequence[Point]) -> Box:
    """The smallest upright rectangle that holds all points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def boxes_meet(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def within(box: Box, a: Point, b: Point) -> Span:
    """The part of the segment from a to b that lies in an upright rectangle; low > high where none
    does."""
    across = _in_interval(a[0], b[0] - a[0], box[0], box[2])
    down = _in_interval(a[1], b[1] - a[1], box[1], box[3])
    return max(0.0, across[0], down[0]), min(1.0, across[1], down[1])


def _in_disc(a: Point, ux: float, uy: float, centre: Point, radius: float) -> Span:
    """Where a + t(ux, uy) is within `radius` of `centre`."""
    wx, wy = a[0] - centre[0], a[1] - centre[1]
    speed = ux * ux + uy * uy
    excess = wx * wx + wy * wy - radius * radius
    if not speed:
        return EVERYWHERE if excess <= 0 else NOWHERE
    middle = -(wx * ux + wy * uy) / speed
    half_squared = middle * middle - excess / speed
    if half_squared < 0:
        return NOWHERE
    half = sqrt(half_squared)
    return middle - half, middle + half


def _in_interval(start: float, speed: float, low: float, high: float) -> Span:
    """When low <= start + t * speed <= high."""
    if not speed:
        return EVERYWHERE if low <= start <= high else NOWHERE
    times = (low - start) / speed, (high - start) / speed
    return min(times), max(times)
