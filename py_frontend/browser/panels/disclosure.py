"""A part of the page that opens and closes: a button, and the section that it controls."""

from collections.abc import Callable

from pyscript import document

from ..events import listen


class Disclosure:
    """The `<details>` element of a panel, whose id is the panel's name after `panel-`.

    `is_open` is kept in Python, because it is asked for at every answer.
    """

    def __init__(self, name: str):
        self.name = name
        self._details = document.getElementById(f"panel-{name}")
        self._on_open: Callable[[], None] = lambda: None
        self.is_open: bool = self._details.open
        listen(self._details, "toggle", lambda _event: self._toggle())

    def open(self) -> None:
        self._details.open = True

    def on_open(self, handler: Callable[[], None]) -> None:
        """Calls `handler` each time the panel was opened."""
        self._on_open = handler

    def _toggle(self) -> None:
        self.is_open = self._details.open
        if self.is_open:
            self._details.scrollIntoView(block="nearest")
            self._on_open()
