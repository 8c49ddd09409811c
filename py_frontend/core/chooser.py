"""The choice of the backend: what the person wants, else the one that is faster on this machine."""

from math import inf
from typing import Protocol

from .catalog import ModelEntry
from .runtime import Runtime
from .trial import Times, Trial, fingerprint, from_text, to_text

KEY = "webgpu-digits speed of "


class Memory(Protocol):
    """Keeps texts from visit to visit, as far as the browser lets it."""

    def recall(self, key: str) -> str | None: ...
    def keep(self, key: str, text: str) -> None: ...


class BackendChooser:
    """Tells the runtime which backends to use; measures them once for each model and machine."""

    def __init__(self, runtime: Runtime, memory: Memory, trial: Trial):
        self._runtime, self._memory, self._trial = runtime, memory, trial
        self._measured: dict[str, Times] = {}
        self._at_work: set[str] = set()
        self._chosen: tuple[ModelEntry, str | None] | None = None
        self.gpu = ""

    def times(self, entry: ModelEntry) -> Times:
        """Of each backend on this machine; empty where they are not known."""
        mark = fingerprint(entry, self.gpu)
        if mark not in self._measured:
            self._measured[mark] = self._complete(
                from_text(self._memory.recall(KEY + entry.name), mark)
            )
        return self._measured[mark]

    def choose(self, entry: ModelEntry, wanted: str | None) -> None:
        """For the model that is to run now: only the `wanted` backend, or all of them, the fastest
        first."""
        self._chosen = entry, wanted
        times = self.times(entry)
        fastest_first = sorted(self._runtime.names, key=lambda name: times.get(name, inf))
        self._runtime.use(*([wanted] if wanted else fastest_first))

    async def settle(self) -> bool:
        """Measures what was chosen, where the choice is open and the times are not known; True
        where it led to another backend."""
        chosen, before = self._chosen, self._runtime.backend_name
        entry, wanted = chosen
        if wanted or self.times(entry) or entry.name in self._at_work:
            return False
        await self._measure(entry)
        if self._chosen == chosen:
            self.choose(*chosen)
        return self._chosen == chosen and self._runtime.backend_name != before

    async def _measure(self, entry: ModelEntry) -> None:
        self._at_work.add(entry.name)
        try:
            times = self._complete(await self._trial.times(entry))
        finally:
            self._at_work.discard(entry.name)
        if times:
            mark = fingerprint(entry, self.gpu)
            self._measured[mark] = times
            self._memory.keep(KEY + entry.name, to_text(times, mark))

    def _complete(self, times: Times) -> Times:
        """Nothing is faster than what could not be measured: times that lack a backend are none."""
        return times if times.keys() == set(self._runtime.names) else {}
