"""The status line: how the page is, in a sentence, and what went wrong."""

import traceback
from collections.abc import Awaitable, Callable

from pyscript import document, window

from core.errors import PageError


class Status:
    """Shows sentences, and the state of the page as `data-state` of the root element.

    `on_failure` is called where work fails, as what was shown before is then no answer any more.
    """

    def __init__(self):
        self._root = document.documentElement
        self._status, self._retry = map(document.getElementById, ("status", "retry"))
        self._state = self._ready_sentence = ""
        self.on_failure: Callable[[], None] = lambda: None

    def loading(self, sentence: str) -> None:
        self._set("loading", sentence)

    def ready(self, sentence: str) -> None:
        self._ready_sentence = sentence
        self._set("ready", sentence)

    def works(self) -> None:
        if self._state == "error":
            self.ready(self._ready_sentence)

    def guard(self, work: Callable[..., Awaitable]) -> Callable[..., Awaitable]:
        """`work`, with any exception shown in the status line."""

        async def guarded(*arguments):
            try:
                await work(*arguments)
            except Exception as error:
                self._report(error)

        return guarded

    def _report(self, error: Exception) -> None:
        if isinstance(error, PageError):
            sentence = str(error)
        else:
            window.console.error("".join(traceback.format_exception(error)))
            sentence = (
                f"The page has a fault ({type(error).__name__}: {error}). "
                "Your drawing is kept; retry, or reload the page."
            )
        self.on_failure()
        self._set("error", sentence)

    def _set(self, state: str, sentence: str) -> None:
        self._state = self._root.dataset.state = state
        self._status.textContent = sentence
        if state != "error" and document.activeElement.isSameNode(self._retry):
            self._status.focus()  # which a button that goes away would hand to nobody
        self._retry.hidden = state != "error"
