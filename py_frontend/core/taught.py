"""The drawings that a person has taught: a small set, in the order of teaching."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .errors import PageError
from .learning import NOT_A_DIGIT
from .strokes import Stroke

MAX_TAUGHT = 100
MAX_STROKES, MAX_POINTS = 1000, 20_000  # of a drawing; who draws for minutes makes fewer


class TaughtError(PageError, ValueError):
    """A drawing cannot be taught."""


@dataclass(frozen=True)
class TaughtDrawing:
    """A drawing and what the person says that it is: a digit, or NOT_A_DIGIT."""

    strokes: tuple[Stroke, ...]
    label: int

    def __post_init__(self) -> None:
        if not 0 <= self.label <= NOT_A_DIGIT:
            raise TaughtError(f"{self.label} is no label (0 to {NOT_A_DIGIT})")
        points = sum(len(stroke.points) for stroke in self.strokes)
        if len(self.strokes) > MAX_STROKES or points > MAX_POINTS:
            raise TaughtError("This drawing is too large to be taught.")


@dataclass(frozen=True)
class Taught:
    """At most MAX_TAUGHT drawings, each once; the oldest gives way to a new one."""

    drawings: tuple[TaughtDrawing, ...] = ()

    def __len__(self) -> int:
        return len(self.drawings)

    def __iter__(self) -> Iterator[TaughtDrawing]:
        return iter(self.drawings)

    def with_(self, drawing: TaughtDrawing) -> Taught:
        """A drawing that is taught again is what was said last."""
        kept = self.without(drawing.strokes).drawings
        return Taught((*kept, drawing)[-MAX_TAUGHT:])

    def with_all(self, drawings: Iterable[TaughtDrawing]) -> Taught:
        taught = self
        for drawing in drawings:
            taught = taught.with_(drawing)
        return taught

    def without(self, strokes: tuple[Stroke, ...]) -> Taught:
        return Taught(tuple(one for one in self.drawings if one.strokes != strokes))

    def label_of(self, strokes: tuple[Stroke, ...]) -> int | None:
        """What a drawing was said to be; None where it was not taught."""
        return next((one.label for one in self.drawings if one.strokes == strokes), None)
