"""Networks that read with what they have learned from corrections."""

from __future__ import annotations

from array import array
from dataclasses import replace

from .catalog import ModelEntry
from .learning import Learned, Reading
from .runtime import Result, Runtime, Work
from .session import Inference, LoadedNetwork
from .teacher import Teacher


class AdaptedRuntime:
    """The door to networks, as the runtime's own: while nothing is taught, it is the same door."""

    def __init__(self, runtime: Runtime, teacher: Teacher):
        self._runtime, self._teacher = runtime, teacher

    async def run(
        self, entry: ModelEntry, work: Work[Result], backend: str | None = None
    ) -> Result:
        learned = self._teacher.learned(entry)
        if learned is None:
            return await self._runtime.run(entry, work, backend)
        return await self._runtime.run(
            entry, lambda network: work(AdaptedNetwork(network, learned)), backend
        )


class AdaptedNetwork(LoadedNetwork):
    """A loaded network whose logits are with the votes of taught drawings; all else is its own."""

    def __init__(self, loaded: LoadedNetwork, learned: Learned):
        super().__init__(loaded.network, loaded.backend)
        self._loaded, self._learned = loaded, learned

    async def infer(self, ink: array[float]) -> Inference:
        inference = await self._loaded.observe(ink)
        reading = self._learned.read(inference.features, ink, inference.logits)
        return replace(
            inference,
            logits=list(reading.logits),
            own_logits=inference.logits,
            is_digit=_is_digit(reading),
        )


def _is_digit(reading: Reading) -> bool | None:
    """None where what was taught says nothing on it."""
    if reading.not_a_digit:
        return False
    return True if reading.known else None
