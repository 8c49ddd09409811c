"""Which pointer draws: one at a time, from its press to its release."""

from .strokes import Tool

PRIMARY_BUTTON = 0
PEN_ERASER_BUTTON = 5  # the other end of a stylus


def tool_of(button: int, chosen: Tool) -> Tool | None:
    """The tool that a press of this button draws with; None where it does not draw, as the right
    button does not."""
    if button == PRIMARY_BUTTON:
        return chosen
    return "eraser" if button == PEN_ERASER_BUTTON else None


class Hand:
    """Remembers the pointer that is down; a second finger, or a palm, is left out."""

    def __init__(self) -> None:
        self._pointer: int | None = None

    @property
    def is_free(self) -> bool:
        return self._pointer is None

    def holds(self, pointer: int) -> bool:
        return self._pointer == pointer

    def take(self, pointer: int) -> None:
        self._pointer = pointer

    def release(self) -> None:
        self._pointer = None
