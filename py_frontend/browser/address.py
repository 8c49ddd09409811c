"""The address of the page: a drawing in its fragment, and the button that makes a link."""

from collections.abc import Callable

from pyodide.ffi import JsException
from pyscript import document, window
from pyscript.ffi import is_none

from .events import listen

COPIED = "The link is copied. Whoever opens it sees this drawing."
MADE = "Copy this link. Whoever opens it sees this drawing."


class Address:
    """What the address says, and links to what is on the page."""

    def __init__(self, is_new: bool = True):
        """A version of the page that takes over from another does not open the same link again."""
        self._is_new = is_new
        self._button, self._play, self._note, self._link = map(
            document.getElementById, ("share", "share-play", "share-note", "share-link")
        )

    @property
    def fragment(self) -> str:
        return window.location.hash if self._is_new else ""

    def on_change(self, handler: Callable[[], None]) -> None:
        def changed(_event) -> None:
            self._is_new = True
            handler()

        listen(window, "hashchange", changed)

    def on_share(self, handler: Callable[[], None]) -> None:
        listen(self._button, "click", lambda _event: handler())

    @property
    def plays(self) -> bool:
        """Whether the link is to draw stroke by stroke."""
        return self._play.checked

    def share(self, fragment: str) -> None:
        """Shows the link, and copies it where the browser lets it."""
        url = window.URL.new(window.location.href)
        url.hash = fragment
        self._button.value = self._link.value = url.href
        self._link.hidden = False
        self._note.textContent = MADE
        clipboard = getattr(window.navigator, "clipboard", None)
        if not is_none(clipboard):
            self._copy(clipboard, url.href)

    def _copy(self, clipboard, text: str) -> None:
        def copied(_value=None):
            self._note.textContent = COPIED

        try:
            clipboard.writeText(text).then(copied, lambda _refusal: None)
        except JsException:
            self._link.select()
