"""What the panel on speed tells: the times of predictions, and of the backends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .backend_timer import Times, in_words
from .catalog import ModelEntry
from .errors import NetworkLost
from .reader import Answer
from .record import Figures, Record
from .runtime import Runtime


@dataclass(frozen=True)
class Table:
    """The times of the stages of predictions, and a sentence that says whose they are."""

    caption: str
    figures: Mapping[str, Figures]


class Speed:
    """Collects what is known of the times, and has the GPU timed when it is asked for it.

    `times_of` gives the times of the backends for a model.
    """

    def __init__(self, runtime: Runtime, record: Record, times_of: Callable[[ModelEntry], Times]):
        self._runtime = runtime
        self._record = record
        self._times_of = times_of

    def backends(self, model: ModelEntry) -> str:
        """Such as: webgpu 5.8 ms, wasm 0.3 ms. Empty where it is not known."""
        return in_words(self._times_of(model))

    async def table(self, model: ModelEntry, backend: str, latest: Answer | None) -> Table:
        """What the last predictions took.

        The GPU is timed only now, by an inference of its own, so that no prediction waits for its
        clock.
        """
        if latest and (latest.model, latest.inference.backend) == (model, backend):
            self._record.note_gpu(latest, await self._gpu_ms(latest))
        count = self._record.count(model.name, backend)
        caption = f"{model.title} on {backend}, last {count} predictions, in ms"
        return Table(caption, self._record.figures(model.name, backend))

    async def _gpu_ms(self, answer: Answer) -> float | None:
        try:
            return await self._runtime.run(
                answer.model,
                lambda network: network.gpu_ms(answer.drawn.ink),
                answer.inference.backend,
            )
        except NetworkLost:
            return None
