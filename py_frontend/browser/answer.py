"""The words of the answer: the digit, how sure the network is, and the facts about it."""

from collections.abc import Callable

from pyscript import document

from core.catalog import ModelEntry
from core.notice import notice
from core.panels import AlwaysOpen
from core.reader import Answer

NOTHING_DRAWN = "Draw a digit"
UNREAD = "Not read yet"
UNKNOWN = "\N{EN DASH}"


class AnswerCard(AlwaysOpen):
    """Shows the digit in large, and beside it what was measured and what is known of the model."""

    def __init__(self, has_ink: Callable[[], bool]):
        self._has_ink = has_ink
        self._prediction, self._notice, self._inference_time = map(
            document.getElementById, ("prediction", "notice", "inference-time")
        )

    def show(self, answer: Answer | None) -> None:
        if answer is None:
            self._set(UNREAD if self._has_ink() else NOTHING_DRAWN, "", "", UNKNOWN)
            return
        prediction = answer.prediction
        self._set(
            str(answer.prediction),
            notice(answer),
            "abstains" if prediction.abstains else "answered",
            f"{answer.inference_ms:.1f}",
        )

    def describe(self, model: ModelEntry, backend: str) -> None:
        facts = {
            "backend": backend or UNKNOWN,
            "accuracy": f"{model.test_accuracy:.2%}",
            "parameters": f"{model.parameters:,}",
            "size": f"{model.bytes / 1e6:.2f} MB",
        }
        for element_id, fact in facts.items():
            document.getElementById(element_id).textContent = fact

    def _set(self, text: str, said: str, style_class: str, inference_ms: str) -> None:
        self._prediction.textContent = text
        self._prediction.className = style_class
        self._notice.textContent = said
        self._inference_time.textContent = inference_ms
