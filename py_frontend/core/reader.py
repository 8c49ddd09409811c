"""Reads drawings with the chosen model: strokes in, an answer out."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from .catalog import ModelEntry
from .image import mnist_image
from .prediction import Prediction, softmax
from .runtime import Runtime, load
from .session import Inference
from .strokes import Stroke
from .timing import Stopwatch


@dataclass(frozen=True)
class Drawn:
    """A drawing and the 784 ink values that networks read: made once, read by any number of them.

    `start_ms` is when work on it began, `image_ms` how long the image took.
    """

    strokes: tuple[Stroke, ...]
    ink: array[float]
    start_ms: float
    image_ms: float


@dataclass(frozen=True)
class Answer:
    """What a model makes of a drawing, and how long the inference took."""

    drawn: Drawn
    model: ModelEntry
    inference: Inference
    inference_ms: float
    prediction: Prediction


class Reader:
    """Has no model until one is chosen and loaded; while another loads it has none again."""

    def __init__(self, runtime: Runtime, stopwatch: Stopwatch):
        self._runtime, self._stopwatch = runtime, stopwatch
        self._request: object | None = None
        self._model: ModelEntry | None = None

    @property
    def is_ready(self) -> bool:
        return self._model is not None

    async def choose(self, model: ModelEntry) -> bool:
        """True once the model can read; False where another was chosen meanwhile, whose caller will
        see to the rest."""
        # The same model may be asked for again, on another backend.
        request = self._request = object()
        self._model = None
        try:
            await self._runtime.run(model, load)
        except Exception:
            if self._request is request:
                raise
        if self._request is request:
            self._model = model
        return self._request is request

    async def read(self, strokes: Sequence[Stroke]) -> Answer | None:
        """What the chosen model makes of them; None where there is no ink, or no model."""
        model, drawn = self._model, self.draw(strokes)
        return await self.answer(model, drawn) if model and drawn else None

    def draw(self, strokes: Sequence[Stroke]) -> Drawn | None:
        """The image of a drawing; None where there is no ink."""
        start_ms = self._stopwatch.now_ms()
        with self._stopwatch.measured("predict:image") as image:
            ink = mnist_image(strokes)
        return None if ink is None else Drawn(tuple(strokes), ink, start_ms, image.ms)

    async def answer(self, model: ModelEntry, drawn: Drawn) -> Answer:
        """What one model makes of the drawing, whether or not it is the chosen one."""
        with self._stopwatch.measured("predict:inference") as inferring:
            inference = await self._runtime.run(model, lambda network: network.infer(drawn.ink))
        return Answer(drawn, model, inference, inferring.ms, _prediction(model, inference.logits))


def _prediction(model: ModelEntry, logits: Sequence[float]) -> Prediction:
    abstention = model.abstention
    abstains = abstention is not None and abstention.abstains(logits, model.temperature)
    return Prediction(softmax(logits, model.temperature), abstains)
