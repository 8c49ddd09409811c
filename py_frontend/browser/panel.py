"""The panel that people can open to see how fast it all is."""

from collections.abc import Callable, Mapping

from pyscript import document

from core.record import Figures

from .events import Throttled, listen

REFRESH_MS = 250
NO_FIGURE = "\N{EN DASH}"


class SpeedPanel:
    """A table of times that follows the predictions while it is open, and what is known of the
    backends."""

    def __init__(self, refresh: Callable[[], None]):
        self._details, self._caption, self._backend_times = map(
            document.getElementById, ("speed", "times-caption", "backend-times")
        )
        self._cells = {
            row.dataset.stage: list(row.querySelectorAll("td"))
            for row in document.querySelectorAll("#times [data-stage]")
        }
        self._refresh = Throttled(refresh, REFRESH_MS)
        listen(self._details, "toggle", lambda _event: self._toggle())

    def follow(self) -> None:
        """Something has changed; a closed panel need not know."""
        if self._details.open:
            self._refresh.ask()

    def show_times(self, caption: str, figures: Mapping[str, Figures]) -> None:
        self._caption.textContent = caption
        for stage, row in figures.items():
            for cell, ms in zip(
                self._cells[stage],
                (row.first, row.last, row.median, row.percentile_95),
                strict=True,
            ):
                cell.textContent = NO_FIGURE if ms is None else f"{ms:.2f}"

    def show_backends(self, sentence: str) -> None:
        self._backend_times.textContent = sentence

    def _toggle(self) -> None:
        if self._details.open:
            self._details.scrollIntoView(block="nearest")
            self.follow()
