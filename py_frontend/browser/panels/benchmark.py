"""The button that times many inferences, its progress, and the chart of what came out."""

from collections.abc import Callable
from typing import Any

from pyscript import document, window
from pyscript.ffi import to_js

from core.benchmark import RUNS, Distribution

from ..chart import bar_chart
from ..events import listen, on_colour_scheme

BARS = {"data": [], "categoryPercentage": 1, "barPercentage": 0.9}
SCALES = {
    "x": {
        "grid": {"display": False},
        "ticks": {"maxRotation": 0, "autoSkipPadding": 16},
        "title": {"display": True, "text": "ms"},
    },
    "y": {
        "grid": {"display": False},
        "beginAtZero": True,
        "ticks": {"maxTicksLimit": 4},
        "title": {"display": True, "text": "inferences"},
    },
}


class BenchmarkControls:
    """The same button starts and stops."""

    def __init__(self):
        self._button, self._progress, self._result, self._canvas = map(
            document.getElementById,
            ("benchmark", "benchmark-progress", "benchmark-result", "benchmark-chart"),
        )
        self._chart: Any = None  # made when there is something to show
        self._start_label = self._button.textContent = f"Time {RUNS} inferences"
        self._progress.max = RUNS

    def on_press(self, handler: Callable[[], None]) -> None:
        listen(self._button, "click", lambda _event: handler())

    def begin(self) -> None:
        self._button.textContent = "Stop"
        self._result.textContent = ""
        self._progress.value, self._progress.hidden = 0, False

    def progress(self, done: int) -> None:
        self._progress.value = done

    def end(self, sentence: str, distribution: Distribution | None) -> None:
        self._button.textContent = self._start_label
        self._progress.hidden = True
        self._result.textContent = sentence
        self._canvas.parentElement.hidden = distribution is None
        if distribution:
            self._show(distribution)

    def _show(self, distribution: Distribution) -> None:
        self._canvas.ariaLabel = f"Distribution of the times: {distribution}"
        if self._chart is None:
            self._chart = bar_chart(self._canvas, [], BARS, SCALES)
            on_colour_scheme(self._recolour)
        self._chart.data.labels = to_js([f"{start:.1f}" for start in distribution.starts])
        self._chart.data.datasets[0].data = to_js(distribution.counts)
        self._recolour()

    def _recolour(self) -> None:
        style = window.getComputedStyle(self._canvas)
        # A list, as Chart.js does not notice when one colour for all bars changes.
        self._chart.data.datasets[0].backgroundColor = to_js([style.getPropertyValue("--accent")])
        for axis in (self._chart.options.scales.x, self._chart.options.scales.y):
            axis.ticks.color = axis.title.color = style.color
        self._chart.update("none")
