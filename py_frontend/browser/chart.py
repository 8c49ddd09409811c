"""The ten probabilities as bars."""

from pyscript import window
from pyscript.ffi import to_js

from core.prediction import CLASSES, Prediction

from .events import on_colour_scheme

NONE = (0.0,) * CLASSES
LABELS = [str(digit) for digit in range(CLASSES)]
SCALES = {
    "x": {
        "grid": {"display": False},
        "border": {"display": False},
        "ticks": {"autoSkip": False, "maxRotation": 0},
    },
    "y": {"display": False, "min": 0, "max": 1},
}


class ProbabilityChart:
    """A Chart.js bar chart whose text alternative says the same; a mere guess gets a muted bar."""

    def __init__(self, canvas):
        self._canvas = canvas
        self._prediction: Prediction | None = None
        self._chart = bar_chart(canvas, LABELS, {"data": NONE, "borderRadius": 4}, SCALES)
        self._recolour()
        on_colour_scheme(self._recolour)

    def show(self, prediction: Prediction) -> None:
        self._prediction = prediction
        self._update()
        self._canvas.ariaLabel = prediction.in_words()

    def show_nothing(self) -> None:
        self._prediction = None
        self._update()
        self._canvas.ariaLabel = "Probabilities: none yet"

    def _recolour(self) -> None:
        style = window.getComputedStyle(self._canvas)
        self._plain, self._sure, self._guess = (
            style.getPropertyValue(name) for name in ("--bar", "--accent", "--guess")
        )
        self._chart.options.scales.x.ticks.color = style.color
        self._update()

    def _update(self) -> None:
        bars, prediction = self._chart.data.datasets[0], self._prediction
        colours = [self._plain] * CLASSES
        if prediction:
            colours[prediction.digit] = self._guess if prediction.abstains else self._sure
        bars.data = to_js(prediction.probabilities if prediction else NONE)
        bars.backgroundColor = to_js(colours)
        self._chart.update("none")


def bar_chart(canvas, labels: list[str], bars: dict, scales: dict):
    """A Chart.js chart of one set of bars, which neither moves nor answers the pointer."""
    return window.Chart.new(
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
