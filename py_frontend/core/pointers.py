"""Which pointer draws: one at a time, from its press to its release."""

from typing import Literal

from .strokes import Tool

PRIMARY_BUTTON = 0
PEN_ERASER_BUTTON = 5  # the other end of a stylus
BITS = {0: 1, 1: 4, 2: 2, 3: 8, 4: 16, 5: 32}  # in an event's `buttons`, by its `button`

Change = Literal["press", "release"]


def tool_of(button: int, chosen: Tool) -> Tool | None:
    """What a press of this button draws with; None for buttons that do not draw, such as the right
    one."""
    if button == PRIMARY_BUTTON:
        return chosen
    return "eraser" if button == PEN_ERASER_BUTTON else None


def change_of(button: int, buttons: int) -> Change | None:
    """What a move tells beside the place: while one button is held, those of others come as moves.

    None where no button changed.
    """
    if button not in BITS:
        return None
    return "press" if buttons & BITS[button] else "release"


class Hand:
    """Remembers the pointer that is down. A second finger, or a palm, is not let in; a pen is, in
    the place of what touches, as a hand that writes rests on the screen first."""

    def __init__(self) -> None:
        self._pointer: int | None = None
        self._kind, self._button = "", PRIMARY_BUTTON

    @property
    def is_free(self) -> bool:
        return self._pointer is None

    @property
    def pointer(self) -> int | None:
        return self._pointer

    @property
    def kind(self) -> str:
        """Of the pointer that was down last."""
        return self._kind

    def holds(self, pointer: int) -> bool:
        return self._pointer == pointer

    def yields_to(self, kind: str) -> bool:
        """Whether a pen takes over from a touch, whose ink was no more than a palm's."""
        return not self.is_free and self._kind == "touch" and kind == "pen"

    def take(self, pointer: int, kind: str = "mouse", button: int = PRIMARY_BUTTON) -> None:
        """`kind` is mouse, pen or touch; `button` is the one that was pressed."""
        self._pointer, self._kind, self._button = pointer, kind, button

    def has_let_go(self, buttons: int) -> bool:
        """Whether a move with these buttons down shows that the mouse's own one is not: it was
        released beside another one, or where no event told of it."""
        return self._kind == "mouse" and not buttons & BITS[self._button]

    def release(self) -> None:
        self._pointer = None
