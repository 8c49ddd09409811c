"""The row below the answer where a person says what a drawing is."""

from collections.abc import Callable

from pyscript import document

from core.catalog import ModelEntry
from core.effect import drawings, weakened
from core.errors import PageError
from core.learning import NOT_A_DIGIT
from core.panels import AlwaysOpen
from core.reader import Answer
from core.shortcuts import digit_of
from core.teacher import Teacher

from .events import listen

NO_KEYS = "input, select, textarea, [contenteditable]"  # where a digit is written


class CorrectionRow(AlwaysOpen):
    """A button for each digit and one for what is none, how much was taught, and a button that
    forgets it all. The keys 0 to 9 do as the buttons."""

    def __init__(self, teacher: Teacher):
        self._teacher = teacher
        self._row, self._learned, self._forget = map(
            document.getElementById, ("correction", "learned", "forget")
        )
        self._buttons = {
            label: document.getElementById(f"correct-{_name(label)}")
            for label in range(NOT_A_DIGIT + 1)
        }
        self._answer: Answer | None = None
        self._remark = self._text = ""
        self._pressed: tuple[bool, int | None] | None = None
        listen(self._forget, "click", lambda _event: teacher.forget())
        teacher.on_taught(self._show)

    def on_correction(self, handler: Callable[[int], None]) -> None:
        """Calls `handler` with the label that the person says."""

        def correct(label: int) -> None:
            try:
                handler(label)
            except PageError as error:
                self.remark(str(error))

        def press(event) -> None:
            if not hasattr(event, "key"):  # an event that the browser made up
                return
            digit = digit_of(event.key, event.ctrlKey or event.metaKey, event.altKey)
            if digit is not None and not event.repeat and not event.target.closest(NO_KEYS):
                correct(digit)

        for label, button in self._buttons.items():
            listen(button, "click", lambda _event, label=label: correct(label))
        listen(document, "keydown", press)

    def on_approach(self, handler: Callable[[], None]) -> None:
        """Calls `handler` when a pointer, or the focus, comes to one of the buttons."""
        for event_name in ("pointerover", "focusin"):
            listen(self._row, event_name, lambda _event: handler())

    def remark(self, sentence: str) -> None:
        """Says how well what was taught is kept."""
        self._remark = sentence
        self._show()

    def show(self, answer: Answer | None) -> None:
        self._answer = answer
        self._show()

    def describe(self, model: ModelEntry, backend: str) -> None:
        """Whichever model reads can be corrected."""

    def _show(self) -> None:
        taught, answer = self._teacher.taught, self._answer
        said, remark = None, self._remark
        if answer:
            strokes = answer.drawn.strokes
            said = taught.label_of(strokes)
            remark = remark or weakened(self._teacher.studied(answer.model), strokes)
        count = f"{drawings(len(taught))} taught"
        self._set(f"{count}. {remark}" if remark else count)
        self._press(answer is None, said)

    def _set(self, text: str) -> None:
        """Only what has changed, or it would be read aloud at every answer."""
        if self._text != text:
            self._text = self._learned.textContent = text

    def _press(self, is_idle: bool, said: int | None) -> None:
        """Shows which button says what the drawing is, where that has changed."""
        if self._pressed == (is_idle, said):
            return
        self._pressed = is_idle, said
        self._row.classList.toggle("idle", is_idle)
        for label, button in self._buttons.items():
            button.ariaPressed = "true" if label == said else "false"


def _name(label: int) -> str:
    return "none" if label == NOT_A_DIGIT else str(label)
