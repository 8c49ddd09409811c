"""The status line: how the page is, in a sentence, and what went wrong."""

import traceback
from collections.abc import Callable, Coroutine

from pyscript import document, window

from core.errors import PageError, learning_sentence, panel_sentence, sentence

from .events import listen


class Status:
    """Shows sentences, and the state of the page as `data-state` of the root element.

    `on_failure` is called where work fails, because what was shown before is then no answer any
    more.
    """

    def __init__(self):
        self._root = document.documentElement
        self._status = document.getElementById("status")
        self._retry = document.getElementById("retry")
        self._state = ""
        self._ready_sentence = ""
        self._learning_failed = False
        self.fault: Exception | None = None
        self.on_failure: Callable[[], None] = lambda: None

    def on_retry(self, handler: Callable[[], None]) -> None:
        """Calls `handler` when the person wants another try."""
        listen(self._retry, "click", lambda _event: handler())

    def raise_fault(self) -> None:
        """Raises the first error so far that nobody has foreseen."""
        if self.fault:
            raise self.fault

    def loading(self, sentence: str) -> None:
        self._set("loading", sentence)

    def ready(self, sentence: str) -> None:
        self._ready_sentence = sentence
        self._set("ready", sentence)

    def works(self) -> None:
        if self._state == "error":
            self.ready(self._ready_sentence)

    def guard(self, work: Callable[..., Coroutine]) -> Callable[..., Coroutine]:
        """`work`, with any exception shown in the status line."""

        return _caught(work, self._report)

    def guard_panel(self, work: Callable[..., Coroutine]) -> Callable[..., Coroutine]:
        """`work` of a panel, with any exception told."""
        return _caught(work, self.tell)

    def guard_learning(self, work: Callable[..., Coroutine]) -> Callable[..., Coroutine]:
        """`work` of learning from corrections, with any exception told."""
        return _caught(work, self._tell_of_learning)

    def learned(self) -> None:
        """Learning works: a failure of it that was told before is over."""
        if self._learning_failed and self._state == "ready":
            self.ready(self._ready_sentence)

    def tell(self, error: Exception) -> None:
        """Says that a panel has failed, while all else works."""
        self._add(error, panel_sentence(error))

    def _tell_of_learning(self, error: Exception) -> None:
        self._learning_failed = True
        self._add(error, learning_sentence(error))

    def _add(self, error: Exception, sentence: str) -> None:
        self._note(error)
        if self._state == "ready":
            self._status.textContent = f"{self._ready_sentence} {sentence}"

    def _report(self, error: Exception) -> None:
        self._note(error)
        self.on_failure()
        self._set("error", sentence(error))

    def _note(self, error: Exception) -> None:
        """For whoever looks for the fault, where the sentence for the person does not name it."""
        if not isinstance(error, PageError):
            self.fault = self.fault or error
            window.console.error("".join(traceback.format_exception(error)))

    def _set(self, state: str, sentence: str) -> None:
        self._learning_failed = False
        self._state = self._root.dataset.state = state
        self._status.textContent = sentence
        if state != "error" and document.activeElement.isSameNode(self._retry):
            self._status.focus()  # or the focus would be lost with the button that goes away
        self._retry.hidden = state != "error"


def _caught(
    work: Callable[..., Coroutine], handle: Callable[[Exception], None]
) -> Callable[..., Coroutine]:
    async def guarded(*arguments):
        try:
            await work(*arguments)
        except Exception as error:
            handle(error)

    return guarded
