"""What can be seen of a drawing's pen strokes: there is no ink where later erasers went, nor beyond
the pad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from math import dist

from .capsule import Box, Capsule, box_of, boxes_meet
from .ribbon import Piece, Ribbon
from .strokes import Point, Stroke

STRIDE = 0.05  # of an eraser's width: its way from point to point is made of such steps at least


def seen(strokes: Sequence[Stroke], area: Box | None = None) -> tuple[Piece, ...]:
    """The pen strokes that are seen whole, and of the others the pieces that are seen.

    A piece follows the middle of what is seen of its stroke, and is as wide as that. `area` is the
    pad, in canvas units; None is one without end.
    """
    return tuple(piece for ink in _seen.left(strokes, area) for piece in ink.pieces)


def remaining(strokes: Sequence[Stroke], area: Box | None = None) -> tuple[Stroke, ...]:
    """The same as strokes alone."""
    return tuple(piece.stroke for piece in seen(strokes, area))


@dataclass(frozen=True, eq=False)
class _Ink:
    """One pen stroke, the box of all that it inks, and what is seen of it; None: all of it."""

    stroke: Stroke
    box: Box
    ribbon: Ribbon | None = None

    @classmethod
    def on(cls, area: Box | None, stroke: Stroke) -> _Ink:
        left, top, right, bottom = box_of(stroke.points)
        radius = stroke.width / 2
        box = left - radius, top - radius, right + radius, bottom + radius
        if area is None or _lies_in(area, box):
            return cls(stroke, box)
        return cls(stroke, box, Ribbon.of(stroke).inside(area))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return (Piece(self.stroke),) if self.ribbon is None else self.ribbon.pieces

    @property
    def is_gone(self) -> bool:
        return self.ribbon is not None and self.ribbon.is_gone

    @cached_property
    def _cut(self) -> Ribbon:
        """Kept, because an eraser that moves comes near again and again."""
        return self.ribbon or Ribbon.of(self.stroke)

    def without(self, capsules: Sequence[Capsule]) -> _Ink:
        near = [capsule for capsule in capsules if boxes_meet(self.box, capsule.box)]
        if not near:
            return self
        left = self._cut.without(near)
        return self if left is self._cut else replace(self, ribbon=left)


class _Rubbed:
    """What an eraser stroke leaves of the ink before it, while that stroke grows.

    The way between points that lie apart is gone over once; only the last, short way to where the
    eraser is now may still become another one.
    """

    def __init__(self, ink: Sequence[_Ink], width: float):
        self._ink, self._width = list(ink), width
        self._points: tuple[Point, ...] = ()
        self._kept = 0  # the number of the point up to which the way is settled

    def fits(self, eraser: Stroke) -> bool:
        return self._width == eraser.width and self._points == eraser.points[: len(self._points)]

    def left(self, eraser: Stroke) -> Sequence[_Ink]:
        radius, points = eraser.width / 2, eraser.points
        settled = []
        for number in range(self._kept + 1, len(points)):
            start = points[self._kept]
            if dist(start, points[number]) >= STRIDE * eraser.width:
                settled.append(Capsule(start, points[number], radius))
                self._kept = number
        self._points = points
        self._ink = _without(self._ink, settled)
        return _without(self._ink, [Capsule(points[self._kept], points[-1], radius)])


class _Seen:
    """What each eraser stroke of the latest drawing left. While a person draws only the newest
    stroke changes."""

    def __init__(self) -> None:
        self._begin(None)

    def _begin(self, area: Box | None) -> None:
        self._area = area
        self._strokes: Sequence[Stroke] = ()
        self._fresh: dict[int, _Ink] = {}  # of pen strokes, by their identity: before any eraser
        self._left: dict[int, Sequence[_Ink]] = {}  # by the number of strokes up to an eraser
        self._growing: tuple[int, _Rubbed] | None = None  # with the number of strokes before it

    def left(self, strokes: Sequence[Stroke], area: Box | None) -> Sequence[_Ink]:
        self._keep_what_fits(strokes, area)
        done = max(self._left, default=0)
        ink = list(self._left.get(done, ()))
        for number, stroke in enumerate(strokes[done:], done):
            if stroke.tool == "pen":
                ink.append(self._fresh_ink(stroke))
            else:
                ink = list(self._rubbed(number, stroke, ink).left(stroke))
                self._left[number + 1] = tuple(ink)
        return ink

    def _keep_what_fits(self, strokes: Sequence[Stroke], area: Box | None) -> None:
        if area != self._area:
            self._begin(area)
        pairs = zip(self._strokes, strokes, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
        self._left = {count: left for count, left in self._left.items() if count <= same}
        for stroke in self._strokes[same:]:
            self._fresh.pop(id(stroke), None)
        if self._growing and self._growing[0] > same:
            self._growing = None
        self._strokes = tuple(strokes)

    def _fresh_ink(self, stroke: Stroke) -> _Ink:
        key = id(stroke)
        if key not in self._fresh:
            self._fresh[key] = _Ink.on(self._area, stroke)
        return self._fresh[key]

    def _rubbed(self, number: int, eraser: Stroke, ink: Sequence[_Ink]) -> _Rubbed:
        """The one that is there already, where this eraser's stroke only went on."""
        if self._growing and self._growing[0] == number and self._growing[1].fits(eraser):
            return self._growing[1]
        rubbed = _Rubbed(ink, eraser.width)
        self._growing = number, rubbed
        return rubbed


_seen = _Seen()


def _without(ink: Sequence[_Ink], capsules: Sequence[Capsule]) -> list[_Ink]:
    return [left for each in ink if not (left := each.without(capsules)).is_gone]


def _lies_in(area: Box, box: Box) -> bool:
    return area[0] <= box[0] and area[1] <= box[1] and box[2] <= area[2] and box[3] <= area[3]
