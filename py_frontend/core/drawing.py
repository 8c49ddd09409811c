"""A drawing as a history of states, so that every step, clearing included, can be taken back."""

from collections.abc import Sequence

from .strokes import Stroke

State = tuple[Stroke, ...]


class Drawing:
    """The strokes that are on the canvas now, and the states before and after it in time."""

    def __init__(self, states: Sequence[State] = ((),), now: int = 0) -> None:
        """`now` is the place among the states in time."""
        self._states, self._now = list(states), now

    @property
    def strokes(self) -> State:
        return self._states[self._now]

    @property
    def history(self) -> tuple[tuple[State, ...], int]:
        """All states, and the place of the present one."""
        return tuple(self._states), self._now

    @property
    def can_undo(self) -> bool:
        return self._now > 0

    @property
    def can_redo(self) -> bool:
        return self._now + 1 < len(self._states)

    def add(self, stroke: Stroke) -> None:
        self._advance((*self.strokes, stroke))

    def replace(self, strokes: State) -> None:
        """Puts these strokes in the place of all; one undo brings the others back."""
        if strokes != self.strokes:
            self._advance(strokes)

    def clear(self) -> None:
        """Takes everything away; one undo brings it back. An empty canvas stays as it is."""
        self.replace(())

    def undo(self) -> None:
        self._now -= self.can_undo

    def redo(self) -> None:
        self._now += self.can_redo

    def _advance(self, state: State) -> None:
        self._now += 1
        self._states[self._now :] = [state]
