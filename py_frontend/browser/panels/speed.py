"""The panel that tells how fast it all is."""

from collections.abc import Callable, Mapping

from pyscript import document

from core.catalog import ModelEntry
from core.errors import NetworkLost
from core.reader import Answer
from core.record import Figures, Record
from core.runtime import Runtime
from core.trial import Times, in_words

from ..events import Throttled
from .disclosure import Disclosure

REFRESH_MS = 250
NO_FIGURE = "\N{EN DASH}"


class SpeedPanel(Disclosure):
    """A table of times that follows the predictions, and what is known of the backends.

    `times_of` gives the times of the backends for a model, `run` starts a coroutine function in the
    background.
    """

    def __init__(
        self,
        record: Record,
        runtime: Runtime,
        times_of: Callable[[ModelEntry], Times],
        run: Callable[..., None],
    ):
        super().__init__("speed")
        self._record, self._runtime, self._times_of = record, runtime, times_of
        self._caption, self._backend_times = map(
            document.getElementById, ("times-caption", "backend-times")
        )
        self._cells = {
            row.dataset.stage: list(row.querySelectorAll("td"))
            for row in document.querySelectorAll("#times [data-stage]")
        }
        self._described: tuple[ModelEntry, str] | None = None
        self._answer: Answer | None = None
        self._refresh = Throttled(lambda: run(self._show_times), REFRESH_MS)

    def show(self, answer: Answer | None) -> None:
        self._answer = answer
        self._refresh.ask()

    def describe(self, model: ModelEntry, backend: str) -> None:
        self._described = model, backend
        self._backend_times.textContent = in_words(self._times_of(model))
        self._refresh.ask()

    async def _show_times(self) -> None:
        """The GPU is timed afterwards and only while the panel is open, so that no prediction waits
        for its clock."""
        if self._described is None:
            return
        model, backend = self._described
        await self._time_gpu(model, backend)
        count = self._record.count(model.name, backend)
        self._caption.textContent = f"{model.title} on {backend}, last {count} predictions, in ms"
        self._fill(self._record.figures(model.name, backend))

    async def _time_gpu(self, model: ModelEntry, backend: str) -> None:
        answer = self._answer
        if answer is None or (answer.model, answer.inference.backend) != (model, backend):
            return
        try:
            ms = await self._runtime.run(
                model, lambda network: network.gpu_ms(answer.drawn.ink), backend
            )
        except NetworkLost:
            return
        self._record.note_gpu(answer, ms)

    def _fill(self, figures: Mapping[str, Figures]) -> None:
        for stage, row in figures.items():
            values = row.first, row.last, row.median, row.percentile_95
            for cell, ms in zip(self._cells[stage], values, strict=True):
                cell.textContent = NO_FIGURE if ms is None else f"{ms:.2f}"
