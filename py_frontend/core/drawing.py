"""A drawing as a history of states, so that every step, clearing included, can be taken back."""

from collections.abc import Sequence

from .picture import Picture
from .strokes import Stroke

Content = tuple[Stroke, ...] | Picture


class Drawing:
    """What is on the canvas now, strokes or a picture, and the states before and after it in
    time."""

    def __init__(self, states: Sequence[Content] = ((),), now: int = 0) -> None:
        """`now` is the place among the states in time."""
        self._states, self._now = list(states), now

    @property
    def content(self) -> Content:
        return self._states[self._now]

    @property
    def has_picture(self) -> bool:
        return isinstance(self.content, Picture)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """None of them where there is a picture."""
        return () if isinstance(self.content, Picture) else self.content

    @property
    def history(self) -> tuple[tuple[Content, ...], int]:
        """All states, and the place of the present one."""
        return tuple(self._states), self._now

    @property
    def can_undo(self) -> bool:
        return self._now > 0

    @property
    def can_redo(self) -> bool:
        return self._now + 1 < len(self._states)

    def add(self, stroke: Stroke) -> None:
        """A stroke on a picture takes its place."""
        self._advance((*self.strokes, stroke))

    def replace(self, content: Content) -> None:
        """Puts this in the place of all; one undo brings the rest back."""
        if content != self.content:
            self._advance(content)

    def clear(self) -> None:
        """Takes everything away; one undo brings it back. An empty canvas stays as it is."""
        self.replace(())

    def undo(self) -> None:
        self._now -= self.can_undo

    def redo(self) -> None:
        self._now += self.can_redo

    def _advance(self, state: Content) -> None:
        self._now += 1
        self._states[self._now :] = [state]
