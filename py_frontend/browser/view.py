"""The words on the page: the answer, the facts about it, and the status line."""

import traceback
from collections.abc import Awaitable, Callable

from pyscript import document, window

from core.catalog import ModelEntry
from core.errors import PageError
from core.prediction import Prediction

NOTHING_DRAWN = "Draw a digit"


class View:
    """Shows values in the elements that the page has for them."""

    def __init__(self, on_failure: Callable[[], None]):
        """`on_failure` is called where work fails, as what was shown before is then no answer any
        more."""
        self._on_failure = on_failure
        self._root = document.documentElement
        self._prediction, self._inference_time, self._status, self._retry = map(
            document.getElementById, ("prediction", "inference-time", "status", "retry")
        )
        self._state = self._ready_sentence = ""

    def show(self, prediction: Prediction, inference_ms: float) -> None:
        self._prediction.textContent = str(prediction)
        self._prediction.className = "doubtful" if prediction.abstains else "answered"
        self._inference_time.textContent = f"{inference_ms:.1f}"
        if self._state == "error":  # it works again
            self.ready(self._ready_sentence)

    def show_nothing(self) -> None:
        """No answer stands on the page, as nothing is drawn or the answer would be an old one."""
        self._prediction.textContent = NOTHING_DRAWN
        self._prediction.className = ""

    def describe(self, model: ModelEntry, backend_name: str) -> None:
        facts = {
            "backend": backend_name,
            "accuracy": f"{model.test_accuracy:.2%}",
            "parameters": f"{model.parameters:,}",
            "size": f"{model.bytes / 1e6:.2f} MB",
        }
        for element_id, fact in facts.items():
            document.getElementById(element_id).textContent = fact

    def loading(self, sentence: str) -> None:
        self._set("loading", sentence)

    def ready(self, sentence: str) -> None:
        self._ready_sentence = sentence
        self._set("ready", sentence)

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
            sentence = f"The page has a fault ({type(error).__name__}: {error}). Your drawing is kept; retry, or reload the page."
        self._on_failure()
        self._set("error", sentence)

    def _set(self, state: str, sentence: str) -> None:
        self._state = self._root.dataset.state = state
        self._status.textContent = sentence
        if state != "error" and document.activeElement.isSameNode(self._retry):
            self._status.focus()  # which a button that goes away would hand to nobody
        self._retry.hidden = state != "error"
