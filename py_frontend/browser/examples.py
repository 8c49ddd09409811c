"""Buttons that draw examples on the pad, stroke by stroke."""

from collections.abc import Awaitable, Callable

from pyscript import document, window

from core.examples import DIGITS, HARD, Example

from .events import listen
from .pad import DrawingPad
from .panels.disclosure import Disclosure


class Examples:
    """The digits and the hard ones."""

    def __init__(
        self,
        pad: DrawingPad,
        next_frame: Callable[[], Awaitable[None]],
        run: Callable[..., None],
    ):
        self._pad, self._next_frame, self._run = pad, next_frame, run
        Disclosure("examples")
        for element_id, examples in (("examples-digits", DIGITS), ("examples-hard", HARD)):
            place = document.getElementById(element_id)
            place.replaceChildren(*map(self._button, examples))

    def _button(self, example: Example):
        button = document.createElement("button")
        button.type, button.textContent = "button", example.name
        listen(button, "click", lambda _event: self._run(self._draw, example))
        return button

    async def _draw(self, example: Example) -> None:
        if _moves_little():
            self._pad.load(example.strokes)
        else:
            await self._pad.play(example.strokes, self._next_frame)


def _moves_little() -> bool:
    """Whether the person asked their system for less motion."""
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches
