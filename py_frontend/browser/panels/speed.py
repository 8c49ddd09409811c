"""The panel that tells how fast it all is."""

from collections.abc import Callable, Mapping

from pyscript import document

from core.catalog import ModelEntry
from core.reader import Answer
from core.record import Figures
from core.speed import Speed

from ..events import Throttled
from .disclosure import Disclosure

REFRESH_MS = 250
NO_FIGURE = "\N{EN DASH}"


class SpeedPanel(Disclosure):
    """A table of times that follows the predictions, and what is known of the backends."""

    def __init__(self, speed: Speed, run: Callable[..., None]):
        super().__init__("speed")
        self._speed = speed
        self._caption = document.getElementById("times-caption")
        self._backend_times = document.getElementById("backend-times")
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
        self._backend_times.textContent = self._speed.backends(model)
        self._refresh.ask()

    async def _show_times(self) -> None:
        if self.is_open and self._described:
            table = await self._speed.table(*self._described, self._answer)
            self._caption.textContent = table.caption
            self._fill(table.figures)

    def _fill(self, figures: Mapping[str, Figures]) -> None:
        for stage, row in figures.items():
            values = (row.first, row.last, row.median, row.percentile_95)
            for cell, ms in zip(self._cells[stage], values, strict=True):
                cell.textContent = NO_FIGURE if ms is None else f"{ms:.2f}"
