"""The panel that has every model read the same drawing."""

from collections.abc import Callable

from pyscript import document

from core.catalog import Catalog, ModelEntry
from core.comparison import Answers, Comparison, agreement
from core.picture import Picture
from core.reader import Answer, Reader

from ..chart import ProbabilityBars
from .confusion import Confusions
from .disclosure import Disclosure

NO_ANSWER = "\N{EN DASH}"


class BothPanel(Disclosure):
    """One answer and one chart for each model, a sentence on whether they agree, and what each of
    them misreads."""

    def __init__(
        self,
        catalog: Catalog,
        reader: Reader,
        run: Callable[..., None],
        place: Callable[[Picture], None],
    ):
        """`place` puts a picture on the pad."""
        super().__init__("both")
        self._run = run
        self._confusions = Confusions(catalog, run, place)
        self._comparison = Comparison(catalog, reader, self._show_all)
        self._agreement = document.getElementById("agreement")
        self._rows: dict[str, _Row] = {}

    def show(self, answer: Answer | None) -> None:
        if answer is None:
            self._comparison.drop()
            self._show_all(())
        else:
            self._run(self._comparison.submit, answer)

    def describe(self, model: ModelEntry, backend: str) -> None:
        """All models are shown, whichever is chosen."""

    def _show_all(self, answers: Answers) -> None:
        self._agreement.textContent = agreement(answers) if answers else "Draw a digit."
        for row in self._rows.values():
            row.show(None)
        for answer in answers:
            self._row(answer.model.name).show(answer)

    def _row(self, name: str) -> "_Row":
        """Made when it is first needed, because a chart measures the place that it has."""
        if name not in self._rows:
            self._rows[name] = _Row(name)
        return self._rows[name]


class _Row:
    def __init__(self, name: str):
        self._prediction = document.getElementById(f"prediction-{name}")
        self._time = document.getElementById(f"inference-time-{name}")
        self._bars = ProbabilityBars(document.getElementById(f"prob-chart-{name}"))

    def show(self, answer: Answer | None) -> None:
        self._prediction.textContent = str(answer.prediction) if answer else NO_ANSWER
        self._time.textContent = f"{answer.inference_ms:.1f}" if answer else NO_ANSWER
        self._bars.show(answer.prediction if answer else None)
