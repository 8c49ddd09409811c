"""A part of the page that opens and closes: a button, and the section that it controls."""

from collections.abc import Callable

from pyscript import document

from ..events import listen


class Disclosure:
    """The `<details>` element of a panel, whose id is the panel's name after `panel-`."""

    def __init__(self, name: str):
        self.name = name
        self._details = document.getElementById(f"panel-{name}")

    @property
    def is_open(self) -> bool:
        return self._details.open

    def open(self) -> None:
        self._details.open = True

    def on_open(self, handler: Callable[[], None]) -> None:
        def toggled(_event):
            if self._details.open:
                self._details.scrollIntoView(block="nearest")
                handler()

        listen(self._details, "toggle", toggled)
