"""The ten probabilities as bars."""

from typing import Any

from pyscript import document, window
from pyscript.ffi import to_js

from core.catalog import ModelEntry
from core.panels import AlwaysOpen
from core.prediction import CLASSES, Prediction
from core.reader import Answer

from .events import lifetime, listen, on_colour_scheme, on_resize

NONE = (0.0,) * CLASSES
NOTHING = "Probabilities: none yet"
HOLLOW = "transparent"
OUTLINE_PX = 3  # of the bar of a guess that counts for little
BARS = {"data": NONE, "borderRadius": 4}
LABELS = [str(digit) for digit in range(CLASSES)]
SCALES = {
    "x": {
        "grid": {"display": False},
        "border": {"display": False},
        "ticks": {"autoSkip": False, "maxRotation": 0, "padding": 0, "font": {}},
    },
    "y": {"display": False, "min": 0, "max": 1},
}


class ProbabilityBars:
    """A Chart.js bar chart whose text alternative says the same. Where the network abstains, the
    bar of its best guess is hollow. Pointing at the chart or focusing it shows each bar's per cent.

    The first drawing of a chart takes long. It waits for a prediction, or for `begin`.
    """

    def __init__(self, canvas):
        self._canvas = canvas
        self._chart: Any = None
        self._prediction: Prediction | None = None
        self._shows_values = False
        canvas.tabIndex = 0
        for event_name, shows in (
            ("pointerenter", True),
            ("focus", True),
            ("pointerleave", False),
            ("blur", False),
        ):
            listen(canvas, event_name, lambda _event, shows=shows: self._show_values(shows))

    def begin(self) -> None:
        """Draws the chart, with what there is to show by now."""
        if self._chart is None:
            self._chart = bar_chart(self._canvas, LABELS, BARS, SCALES)
            on_resize(self._canvas.parentElement, self._restyle)
            on_colour_scheme(self._restyle)
            self._restyle()

    def show(self, prediction: Prediction | None) -> None:
        self._prediction = prediction
        self._canvas.ariaLabel = prediction.in_words() if prediction else NOTHING
        if self._chart is not None:
            self._update()
        elif prediction:
            self.begin()

    def _show_values(self, shows: bool) -> None:
        self._shows_values = shows
        if self._chart is not None:
            self._chart.data.labels = to_js(LABELS)
            self._update()

    def _restyle(self) -> None:
        """Takes colours and the size of its digits from the style sheet."""
        style = window.getComputedStyle(self._canvas)
        self._plain, self._best = map(style.getPropertyValue, ("--bar", "--accent"))
        ticks = self._chart.options.scales.x.ticks
        ticks.color, ticks.font.size = style.color, float(style.fontSize.removesuffix("px"))
        self._update()

    def _update(self) -> None:
        bars, prediction = self._chart.data.datasets[0], self._prediction
        colours, outlines_px = [self._plain] * CLASSES, [0] * CLASSES
        if prediction:
            digit, is_hollow = prediction.digit, prediction.abstains
            colours[digit] = HOLLOW if is_hollow else self._best
            outlines_px[digit] = OUTLINE_PX if is_hollow else 0
        if self._shows_values:
            self._chart.data.labels = to_js(labels_with(prediction) if prediction else LABELS)
        bars.data = to_js(prediction.probabilities if prediction else NONE)
        bars.backgroundColor, bars.borderWidth = to_js(colours), to_js(outlines_px)
        bars.borderColor = self._best
        self._chart.update("none")


def labels_with(prediction: Prediction) -> list[list[str]]:
    """Each digit, and its per cent in a line below."""
    return [[str(digit), f"{p:.0%}"] for digit, p in enumerate(prediction.probabilities)]


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
