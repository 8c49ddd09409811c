"""The ten probabilities as bars."""

from typing import Any

from pyscript import document, window
from pyscript.ffi import to_js

from core.catalog import ModelEntry
from core.panels import AlwaysOpen
from core.prediction import CLASSES, Prediction
from core.reader import Answer

from .events import lifetime, on_colour_scheme

NONE = (0.0,) * CLASSES
NOTHING = "Probabilities: none yet"
LABELS = [str(digit) for digit in range(CLASSES)]
SCALES = {
    "x": {
        "grid": {"display": False},
        "border": {"display": False},
        "ticks": {"autoSkip": False, "maxRotation": 0},
    },
    "y": {"display": False, "min": 0, "max": 1},
}


class ProbabilityBars:
    """A Chart.js bar chart whose text alternative says the same. Where the network abstains, the
    bar of its best guess is muted.

    The first drawing of a chart takes long. It waits for a prediction, or for `begin`.
    """

    def __init__(self, canvas):
        self._canvas = canvas
        self._chart: Any = None
        self._prediction: Prediction | None = None

    def begin(self) -> None:
        """Draws the chart, with what there is to show by now."""
        if self._chart is None:
            self._chart = bar_chart(self._canvas, LABELS, {"data": NONE, "borderRadius": 4}, SCALES)
            self._recolour()
            on_colour_scheme(self._recolour)

    def show(self, prediction: Prediction | None) -> None:
        self._prediction = prediction
        self._canvas.ariaLabel = prediction.in_words() if prediction else NOTHING
        if self._chart is not None:
            self._update()
        elif prediction:
            self.begin()

    def _recolour(self) -> None:
        style = window.getComputedStyle(self._canvas)
        self._plain, self._sure, self._muted = (
            style.getPropertyValue(name) for name in ("--bar", "--accent", "--muted")
        )
        self._chart.options.scales.x.ticks.color = style.color
        self._update()

    def _update(self) -> None:
        bars, prediction = self._chart.data.datasets[0], self._prediction
        colours = [self._plain] * CLASSES
        if prediction:
            colours[prediction.digit] = self._muted if prediction.abstains else self._sure
        bars.data = to_js(prediction.probabilities if prediction else NONE)
        bars.backgroundColor = to_js(colours)
        self._chart.update("none")


class ProbabilityChart(AlwaysOpen):
    """The bars of the answer."""

    def __init__(self):
        self._bars = ProbabilityBars(document.getElementById("prob-chart"))

    def begin(self) -> None:
        self._bars.begin()

    def show(self, answer: Answer | None) -> None:
        self._bars.show(answer.prediction if answer else None)

    def describe(self, model: ModelEntry, backend: str) -> None:
        """The bars say nothing about the model."""


def bar_chart(canvas, labels: list[str], bars: dict, scales: dict):
    """A Chart.js chart of one set of bars, which neither moves nor answers the pointer."""
    chart = window.Chart.new(
        canvas,
        to_js(
            {
                "type": "bar",
                "data": {"labels": labels, "datasets": [bars]},
                "options": {
                    "animation": False,
                    "events": [],
                    "maintainAspectRatio": False,
                    "plugins": {
                        "legend": {"display": False},
                        "tooltip": {"enabled": False},
                        "colors": {"enabled": False},
                    },
                    "scales": scales,
                },
            }
        ),
    )
    lifetime.own(chart.destroy)
    return chart
