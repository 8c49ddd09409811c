"""What can be seen of a pen stroke after erasers went over it, and inside the pad: exactly what the
canvas shows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from math import pi, sqrt
from operator import is_
from typing import NamedTuple

from .capsule import Box, Capsule, Span, box_of, boxes_meet, within
from .sections import FINENESS, Section, cut
from .simplification import simplified
from .strokes import Point, Stroke, usable_points

HAIR = 1 / 32  # of the width of a section: less of it is not seen
SPECK = 0.02  # of the square of a stroke's width: a smaller area is not seen
TWIG = 0.25  # of the same: what is smaller and hangs on another piece is a part of that
TAPER = 0.25  # of its broadest section: a piece that is cut aslant ends where it becomes narrower
CHUNK = 16  # sections that are looked at together

Sections = tuple[Section, ...]


class Glimpse(NamedTuple):
    """What is seen of one section in one piece."""

    section: Section
    span: Span

    @property
    def middle(self) -> Point:
        return self.section.at((self.span[0] + self.span[1]) / 2)

    @property
    def width(self) -> float:
        return (self.span[1] - self.span[0]) * self.section.width

    @property
    def area(self) -> float:
        return self.width * self.section.step

    def touches(self, other: Glimpse) -> bool:
        return self.span[0] < other.span[1] and other.span[0] < self.span[1]


class Piece(NamedTuple):
    """What is seen of a stroke in one piece, as a stroke along its middle; `share` says how broad
    that is, in parts of the width that was drawn."""

    stroke: Stroke
    share: float = 1.0


@dataclass(frozen=True, eq=False)
class Ribbon:
    """A stroke in sections, each of which knows what is seen of it; and the discs at its corners,
    by the number of the corner's section."""

    stroke: Stroke
    sections: Sections
    corners: dict[int, Sections]

    @classmethod
    def of(cls, stroke: Stroke) -> Ribbon:
        sections, corners = cut(stroke)
        return cls(stroke, tuple(sections), {n: tuple(disc) for n, disc in corners.items()})

    def inside(self, area: Box) -> Ribbon:
        """Without what lies beyond the rectangle `area`."""

        def clipped(section: Section) -> Section:
            return section._replace(visible=_parts([within(area, section.left, section.right)]))

        return self._with(tuple(map(clipped, self.sections)), clipped)

    def without(self, capsules: Sequence[Capsule]) -> Ribbon:
        """Without what the capsules cover; itself where that is nothing."""
        sections: list[Section] = []
        for chunk, box in self._chunks:
            near = [capsule for capsule in capsules if boxes_meet(box, capsule.box)]
            sections += [_uncovered(section, near) for section in chunk] if near else chunk
        left = self._with(tuple(sections), lambda section: _uncovered(section, capsules))
        return self if left._is_like(self) else left

    def _is_like(self, other: Ribbon) -> bool:
        """Whether their sections are the same objects."""
        mine, others = (chain(each.sections, *each.corners.values()) for each in (self, other))
        return all(map(is_, mine, others))

    def _with(self, sections: Sections, change: Callable[[Section], Section]) -> Ribbon:
        corners = {number: tuple(map(change, disc)) for number, disc in self.corners.items()}
        return replace(self, sections=sections, corners=corners)

    @cached_property
    def _chunks(self) -> list[tuple[Sections, Box]]:
        """Neighbours, and where they lie, so that most need not be looked at one by one."""
        chunks = [self.sections[i : i + CHUNK] for i in range(0, len(self.sections), CHUNK)]
        return [(chunk, _box(chunk)) for chunk in chunks]

    @property
    def is_gone(self) -> bool:
        discs = chain.from_iterable(self.corners.values())
        return not any(section.visible for section in chain(self.sections, discs))

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """All that is seen, each piece as wide as it is on average."""
        runs = list(_runs(self.sections))
        for number, disc in self.corners.items():
            if not self.sections[number].visible:
                runs += _runs(disc)
        return tuple(self._piece(run.glimpses) for run in runs if self._is_seen(run))

    def _is_seen(self, run: _Run) -> bool:
        least = TWIG if run.is_branch else SPECK
        return _area(run.glimpses) >= least * self.stroke.width**2

    def _piece(self, run: Sequence[Glimpse]) -> Piece:
        """A line, or a dot where it is not longer than its round ends."""
        width, area = self.stroke.width, _area(run)
        core = _without_tapers([glimpse for glimpse in run if not glimpse.section.is_end])
        if _area(core) < area / 2:
            seen, points = 2 * sqrt(area / pi), [_centre(run)]
        else:
            seen = _area(core) / sum(glimpse.section.step for glimpse in core)
            points = simplified([glimpse.middle for glimpse in core], FINENESS * width)
        seen = min(width, seen)
        line = Stroke(self.stroke.tool, seen, tuple(usable_points(points)))
        return Piece(line, seen / width)


def _uncovered(section: Section, capsules: Sequence[Capsule]) -> Section:
    visible = section.visible
    if not visible:
        return section
    middle, reach = section.at(0.5), section.width / 2
    for capsule in capsules:
        distance = capsule.distance(middle)
        if distance >= capsule.radius + reach:
            continue
        if distance <= capsule.radius - reach:
            return section._replace(visible=())
        low, high = capsule.covered(section.left, section.right)
        if low < high:
            visible = _parts(part for span in visible for part in _minus(span, low, high))
            if not visible:
                break
    return section if visible == section.visible else section._replace(visible=visible)


def _minus(span: Span, low: float, high: float) -> tuple[Span, Span]:
    return (span[0], min(span[1], low)), (max(span[0], high), span[1])


def _parts(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Those spans that are broad enough to be seen."""
    return tuple(span for span in spans if span[1] - span[0] > HAIR)


class _Run:
    """Glimpses that touch from section to section. A branch also touches another run."""

    def __init__(self, first: Glimpse, is_branch: bool):
        self.glimpses, self.is_branch = [first], is_branch

    def touches(self, glimpse: Glimpse) -> bool:
        return self.glimpses[-1].touches(glimpse)


def _runs(sections: Sequence[Section]) -> Iterator[_Run]:
    """What is seen in one piece, from the first section on."""
    open_runs: list[_Run] = []
    for section in sections:
        glimpses = [Glimpse(section, span) for span in section.visible]
        going_on: list[_Run] = []
        for glimpse in glimpses:
            touched = [run for run in open_runs if run.touches(glimpse)]
            free = [run for run in touched if run not in going_on]
            if free:
                going_on.append(free[0])
            else:
                going_on.append(_Run(glimpse, is_branch=bool(touched)))
        for run in open_runs:
            if run not in going_on:
                run.is_branch |= any(map(run.touches, glimpses))
                yield run
        for run, glimpse in zip(going_on, glimpses):
            if run.glimpses[-1] is not glimpse:
                run.glimpses.append(glimpse)
        open_runs = going_on
    yield from open_runs


def _without_tapers(line: list[Glimpse]) -> list[Glimpse]:
    broad = TAPER * max((glimpse.width for glimpse in line), default=0.0)
    kept = [number for number, glimpse in enumerate(line) if glimpse.width >= broad]
    return line[kept[0] : kept[-1] + 1] if kept else []


def _area(run: Sequence[Glimpse]) -> float:
    return sum(glimpse.area for glimpse in run)


def _centre(run: Sequence[Glimpse]) -> Point:
    area = _area(run)
    x = sum(glimpse.middle[0] * glimpse.area for glimpse in run) / area
    y = sum(glimpse.middle[1] * glimpse.area for glimpse in run) / area
    return x, y


def _box(sections: Sequence[Section]) -> Box:
    return box_of([point for section in sections for point in (section.left, section.right)])
