"""A part of the page that opens and closes: a button, and the section that it controls."""

from collections.abc import Callable

from pyscript import document

from ..events import listen


class Disclosure:
    """The section whose id is `panel-` and the name, and the button that says that it controls it.

    `is_open` is kept in Python, because it is asked for at every answer.
    """

    def __init__(self, name: str):
        self.name = name
        self._section = document.getElementById(f"panel-{name}")
        self._button = document.querySelector(f"[aria-controls=panel-{name}]")
        self._on_toggle: Callable[[], None] = lambda: None
        self.is_open: bool = not self._section.hidden
        listen(self._button, "click", lambda _event: self._press())

    def open(self) -> None:
        self._set_open(True)
        self._on_toggle()

    def close(self) -> None:
        self._set_open(False)
        self._on_toggle()

    def on_toggle(self, handler: Callable[[], None]) -> None:
        """Calls `handler` each time the panel was opened or closed."""
        self._on_toggle = handler

    def _press(self) -> None:
        if self.is_open:
            self.close()
        else:
            self.open()
            self._section.scrollIntoView(block="nearest")

    def _set_open(self, is_open: bool) -> None:
        self.is_open = is_open
        self._section.hidden = not is_open
        self._button.ariaExpanded = "true" if is_open else "false"
