"""The words of the answer: the digit, how sure the network is, and the facts about it."""

from pyscript import document

from core.catalog import ModelEntry
from core.notice import notice
from core.panels import AlwaysOpen
from core.reader import Answer

NOTHING_DRAWN = "Draw a digit"


class AnswerCard(AlwaysOpen):
    """Shows the digit in large, and beside it what was measured and what is known of the model."""

    def __init__(self):
        self._prediction, self._notice, self._inference_time = map(
            document.getElementById, ("prediction", "notice", "inference-time")
        )

    def show(self, answer: Answer | None) -> None:
        said = notice(answer) if answer else ""
        if said != self._notice.textContent:  # what stays the same is not announced again
            self._notice.textContent = said
        if answer is None:
            self._set(NOTHING_DRAWN, "")
            return
        self._set(str(answer.prediction), "abstains" if answer.prediction.abstains else "answered")
        self._inference_time.textContent = f"{answer.inference_ms:.1f}"

    def describe(self, model: ModelEntry, backend: str) -> None:
        facts = {
            "backend": backend,
            "accuracy": f"{model.test_accuracy:.2%}",
            "parameters": f"{model.parameters:,}",
            "size": f"{model.bytes / 1e6:.2f} MB",
        }
        for element_id, fact in facts.items():
            document.getElementById(element_id).textContent = fact

    def _set(self, text: str, style_class: str) -> None:
        self._prediction.textContent = text
        self._prediction.className = style_class
