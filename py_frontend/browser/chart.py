"""The ten probabilities as bars."""
from core.prediction import CLASSES, Prediction
from pyscript import window
from pyscript.ffi import to_js

from .events import on_colour_scheme

NONE = (0.0,) * CLASSES


class ProbabilityChart:
    """A Chart.js bar chart whose text alternative says the same."""

    def __init__(self, canvas):
        self._canvas = canvas
        self._probabilities, self._digit = NONE, None
        self._chart = window.Chart.new(canvas, to_js(_configuration()))
        self._recolour()
        on_colour_scheme(self._recolour)

    def show(self, prediction: Prediction) -> None:
        self._set(prediction.probabilities, prediction.digit)
        self._canvas.ariaLabel = "Probabilities: " + ", ".join(f"{digit}: {p:.0%}" for digit, p in enumerate(prediction.probabilities))

    def show_nothing(self) -> None:
        self._set(NONE, None)
        self._canvas.ariaLabel = "Probabilities: none yet"

    def _set(self, probabilities: tuple[float, ...], digit: int | None) -> None:
        self._probabilities, self._digit = probabilities, digit
        self._update()

    def _recolour(self) -> None:
        style = window.getComputedStyle(self._canvas)
        self._plain, self._highest = style.getPropertyValue("--bar"), style.getPropertyValue("--accent")
        axis = self._chart.options.scales.x
        axis.ticks.color = style.color
        self._update()

    def _update(self) -> None:
        bars = self._chart.data.datasets[0]
        bars.data = to_js(self._probabilities)
        bars.backgroundColor = to_js([self._highest if digit == self._digit else self._plain for digit in range(CLASSES)])
        self._chart.update("none")


def _configuration() -> dict:
    return {
        "type": "bar",
        "data": {"labels": [str(digit) for digit in range(CLASSES)], "datasets": [{"data": NONE, "borderRadius": 4}]},
        "options": {
            "animation": False,
            "events": [],
            "maintainAspectRatio": False,
            "plugins": {"legend": {"display": False}, "tooltip": {"enabled": False}},
            "scales": {
                "x": {"grid": {"display": False}, "border": {"display": False}},
                "y": {"display": False, "min": 0, "max": 1},
            },
        },
    }
