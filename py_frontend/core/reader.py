"""Reads drawings with the chosen model: strokes in, an answer out."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from .catalog import ModelEntry
from .image import mnist_image
from .prediction import Prediction, softmax
from .runtime import Runtime
from .session import Inference
from .strokes import Stroke
from .timing import Stopwatch


@dataclass(frozen=True)
class Answer:
    """What a model makes of a drawing, and how it came to that; `start_ms` is when work on it
    began."""

    prediction: Prediction
    model: ModelEntry
    ink: array
    inference: Inference
    start_ms: float
    image_ms: float
    inference_ms: float


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
        request = self._request = (
            object()
        )  # the same model may be asked for again, on another backend
        self._model = None
        try:
            await self._runtime.prepare(model)
        except Exception:
            if self._request is request:
                raise
        if self._request is request:
            self._model = model
        return self._request is request

    async def read(self, strokes: Sequence[Stroke]) -> Answer | None:
        """None where there is no ink, or no model to read it."""
        model, start_ms = self._model, self._stopwatch.now_ms()
        with self._stopwatch.measured("predict:image") as image:
            ink = mnist_image(strokes)
        if ink is None or model is None:
            return None
        with self._stopwatch.measured("predict:inference") as inferring:
            inference = await self._runtime.infer(model, ink)
        prediction = _prediction(model, inference.logits)
        return Answer(prediction, model, ink, inference, start_ms, image.ms, inferring.ms)


def _prediction(model: ModelEntry, logits: Sequence[float]) -> Prediction:
    probabilities = softmax(logits, model.temperature)
    return Prediction(
        probabilities,
        model.abstention is not None and model.abstention.abstains(logits, model.temperature),
    )
