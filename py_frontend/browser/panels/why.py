"""The panel that shows which ink speaks for a digit, and which against it."""

from collections.abc import Awaitable, Callable

from pyscript import document

from core.catalog import ModelEntry
from core.descriptions import describe_curves, describe_heat
from core.explanation import Explainer, Explanation, Question
from core.image import SIDE_PX
from core.occlusion import Curves
from core.reader import Answer
from core.runtime import Networks

from ..events import Throttled, listen, on_colour_scheme
from ..pictures import Sketch, paint_ink, paint_signed
from .disclosure import Disclosure

REST_MS = 300  # so long the pen rests before the drawing is explained
CURVE_UNITS = 100.0
LINE_UNITS = 1.5
NOTHING = "Draw a digit."
NO_HEAT, NO_CURVES = "Heat map: none yet", "Deletion curves: none yet"


class WhyPanel(Disclosure):
    """A heat map over the drawing, for the digit that was read or any other, what the answer would
    be without each stroke, and whether the map can be trusted."""

    def __init__(
        self,
        runtime: Networks,
        pause: Callable[[], Awaitable[None]],
        run: Callable[..., None],
    ):
        super().__init__("why")
        self._run = run
        self._digit, self._ink, self._heat, self._strokes, self._check, self._curve = map(
            document.getElementById,
            ("why-digit", "why-ink", "why-heat", "why-strokes", "why-check", "why-curves"),
        )
        self._explainer = Explainer(runtime, pause, self._show)
        self._answer: Answer | None = None
        self._explanation: Explanation | None = None
        self._ask = Throttled(self._submit, REST_MS)
        listen(self._digit, "change", lambda _event: self._submit())
        on_colour_scheme(self._paint)

    def show(self, answer: Answer | None) -> None:
        self._answer = answer
        if answer is None:
            self._explainer.drop()
            self._show(None)
        else:
            self._ask.ask()

    def describe(self, model: ModelEntry, backend: str) -> None:
        """An answer says which model it is of."""

    def _submit(self) -> None:
        chosen = self._digit.value
        if self._answer and self.is_open:
            question = Question(self._answer, int(chosen) if chosen.isdecimal() else None)
            self._run(self._explainer.submit, question)

    def _show(self, explanation: Explanation | None) -> None:
        self._explanation = explanation
        self._strokes.textContent = " ".join(explanation.sentences()) if explanation else NOTHING
        self._check.textContent = _verdict(explanation.curves) if explanation else ""
        self._paint()

    def _paint(self) -> None:
        explanation = self._explanation
        if not self.is_open:
            return
        ink = explanation.question.answer.drawn.ink if explanation else bytes(SIDE_PX**2)
        heat = explanation.heat.values if explanation else bytes(SIDE_PX**2)
        paint_ink(self._ink, ink, SIDE_PX)
        inked = [value if amount else 0.0 for value, amount in zip(heat, ink, strict=True)]
        paint_signed(self._heat, inked, SIDE_PX, SIDE_PX)
        sketch = Sketch(self._curve, CURVE_UNITS)
        sketch.begin()
        if explanation:
            _plot(sketch, explanation.curves)
        self._heat.ariaLabel = describe_heat(explanation.heat, ink) if explanation else NO_HEAT
        self._curve.ariaLabel = describe_curves(explanation.curves) if explanation else NO_CURVES


def _verdict(curves: Curves) -> str:
    if curves.is_honest:
        return "Deleting what it calls important lowers the logit faster than deleting at random."
    return "Deleting at random lowers the logit as fast: do not trust this map."


def _plot(sketch: Sketch, curves: Curves) -> None:
    """Both curves from left (nothing deleted) to right (everything), on one scale."""
    values = (*curves.by_heat, *curves.at_random)
    low, high = min(values), max(values)
    for curve, colour in ((curves.at_random, "--muted"), (curves.by_heat, "--accent")):
        points = [
            (
                LINE_UNITS + (CURVE_UNITS - 2 * LINE_UNITS) * place / (len(curve) - 1),
                LINE_UNITS + (CURVE_UNITS - 2 * LINE_UNITS) * (high - value) / ((high - low) or 1),
            )
            for place, value in enumerate(curve)
        ]
        sketch.lines([points], LINE_UNITS, colour)
