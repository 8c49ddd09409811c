"""Reads drawings with the chosen model: strokes in, an answer out."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass

from .capsule import Box
from .catalog import ModelEntry
from .drawing import Content
from .erasing import seen
from .image import mnist_image
from .picture import Picture
from .prediction import Prediction, softmax
from .runtime import Networks, load
from .session import Inference, LoadedNetwork
from .strokes import Stroke
from .timing import Stopwatch


@dataclass(frozen=True)
class Drawn:
    """A drawing and the 784 ink values that networks read: made once, read by any number of them.

    `start_ms` is when work on it began, `image_ms` how long the image took, `area` the pad in
    canvas units, where that was known. A picture has no strokes.
    """

    strokes: tuple[Stroke, ...]
    ink: array[float]
    start_ms: float
    image_ms: float
    area: Box | None = None


@dataclass(frozen=True)
class Answer:
    """What a model makes of a drawing, and how long the inference took."""

    drawn: Drawn
    model: ModelEntry
    inference: Inference
    inference_ms: float
    prediction: Prediction


class Reader:
    """Has no model until one is chosen and loaded, and none again while another loads."""

    def __init__(
        self, runtime: Networks, stopwatch: Stopwatch, area: Callable[[], Box | None] = lambda: None
    ):
        """`area` gives the pad in canvas units, beyond which there is no ink."""
        self._runtime = runtime
        self._stopwatch = stopwatch
        self._area = area
        self._request: object | None = None
        self._model: ModelEntry | None = None

    @property
    def is_ready(self) -> bool:
        return self._model is not None

    def release(self) -> None:
        """Has no model any more; one that is loading is not wanted either."""
        self._request = None
        self._model = None

    async def choose(self, model: ModelEntry) -> bool:
        """True once the model can read; False where another was chosen meanwhile, whose caller sees
        to the rest."""
        # The same model may be chosen again, on another backend.
        self.release()
        request = self._request = object()
        try:
            await self._runtime.run(model, load)
        except Exception:
            if self._request is request:
                raise
        if self._request is request:
            self._model = model
        return self._request is request

    async def read(self, content: Content) -> Answer | None:
        """What the chosen model makes of it; None where there is no ink, or no model."""
        model, drawn = self._model, self.draw(content)
        if model is None or drawn is None:
            return None
        with self._stopwatch.measured("predict:inference") as inferring:
            inference = await self._runtime.run(model, lambda network: network.infer(drawn.ink))
        return _answer(drawn, model, inference, inferring.ms)

    def draw(self, content: Content) -> Drawn | None:
        """The image of a drawing; None where there is no ink."""
        start_ms, area = self._stopwatch.now_ms(), self._area()
        strokes = () if isinstance(content, Picture) else content
        with self._stopwatch.measured("predict:image") as image:
            ink = content.ink if isinstance(content, Picture) else mnist_image(strokes, area)
        return None if ink is None else Drawn(strokes, ink, start_ms, image.ms, area)

    def sees_ink(self, content: Content) -> bool:
        """Whether anything is left to see of a drawing."""
        return isinstance(content, Picture) or bool(seen(content, self._area()))

    async def answer(self, model: ModelEntry, drawn: Drawn) -> Answer:
        """What one model makes of the drawing, whether or not it is the chosen one.

        Its time is that of the inference alone, and is not recorded as that of a prediction.
        """

        async def timed(network: LoadedNetwork) -> tuple[Inference, float]:
            start_ms = self._stopwatch.now_ms()
            inference = await network.infer(drawn.ink)
            return inference, self._stopwatch.now_ms() - start_ms

        return _answer(drawn, model, *await self._runtime.run(model, timed))


def _answer(drawn: Drawn, model: ModelEntry, inference: Inference, ms: float) -> Answer:
    probabilities = softmax(inference.logits, model.temperature)
    return Answer(
        drawn, model, inference, ms, Prediction(probabilities, _abstains(model, inference))
    )


def _abstains(model: ModelEntry, inference: Inference) -> bool:
    """Whether the network doubts that this is a digit: corrections change that only for drawings
    that resemble a taught one."""
    if inference.is_digit is not None:
        return not inference.is_digit
    logits = inference.own_logits or inference.logits
    return model.abstention is not None and model.abstention.abstains(
        logits, model.temperature, inference.features
    )
