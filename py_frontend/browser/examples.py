"""Buttons that draw examples on the pad, stroke by stroke."""

from collections.abc import Callable

from pyscript import document

from core.examples import DIGITS, HARD, Example

from .elements import new_button
from .events import listen
from .pad import DrawingPad
from .panels.disclosure import Disclosure


class Examples:
    """The digits and the hard ones."""

    def __init__(self, pad: DrawingPad, run: Callable[..., None]):
        self._pad, self._run = pad, run
        Disclosure("examples")
        for element_id, examples in (("examples-digits", DIGITS), ("examples-hard", HARD)):
            place = document.getElementById(element_id)
            place.replaceChildren(*map(self._button, examples))

    def _button(self, example: Example):
        button = new_button(example.name)
        listen(button, "click", lambda _event: self._run(self._pad.play, example.strokes))
        return button
