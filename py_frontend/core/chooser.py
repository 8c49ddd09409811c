"""The choice of the backend: what the person wants, else the faster one on this machine."""

from asyncio import wait_for
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import inf
from typing import Protocol

from .backend_timer import BackendTimer, Times, fingerprint, from_text, to_text
from .catalog import ModelEntry
from .runtime import Runtime

NAME_S = 1.0  # that a start may wait for the name of the GPU
KEY = "speed of "


class Memory(Protocol):
    """Keeps texts from visit to visit, as far as the browser lets it."""

    def recall(self, key: str) -> str | None: ...
    def keep(self, key: str, text: str) -> None: ...


class BackendChooser:
    """Tells the runtime which backends to use; measures them once for each model and machine.

    `gpu_name` tells which GPU the machine has, empty where there is none. It is asked once, when
    the answer matters: where times are kept that may be of this GPU, or before they are measured.
    """

    def __init__(
        self,
        runtime: Runtime,
        memory: Memory,
        timer: BackendTimer,
        gpu_name: Callable[[], Awaitable[str]],
    ):
        self._runtime = runtime
        self._memory = memory
        self._timer = timer
        self._gpu_name = gpu_name
        self._gpu = ""
        self._knows_gpu = False
        self._measured: dict[str, Times] = {}
        self._at_work: set[str] = set()
        self._chosen: tuple[ModelEntry, str | None] | None = None

    def times(self, entry: ModelEntry) -> Times:
        """Of each backend on this machine; empty where they are not known."""
        mark = fingerprint(entry, self._gpu)
        if mark not in self._measured:
            kept = from_text(self._memory.recall(KEY + entry.name), mark)
            self._measured[mark] = self._complete(kept)
        return self._measured[mark]

    async def choose(self, entry: ModelEntry, wanted: str | None) -> bool:
        """Makes the runtime use the `wanted` backend alone, or all of them, the fastest first.

        False where another choice was made meanwhile.
        """
        chosen = self._chosen = entry, wanted
        if wanted is None and self._memory.recall(KEY + entry.name):
            await self._learn_gpu_soon()
        if self._chosen is not chosen:
            return False
        self._use(entry, wanted)
        return True

    async def settle(self) -> bool:
        """Measures the chosen model where the choice is open and the times are not known.

        True where that led to another backend.
        """
        chosen, before = self._chosen, self._runtime.backend_name
        if chosen is None or chosen[1]:
            return False
        await self._learn_gpu()
        if self._chosen is not chosen or not self._is_open(*chosen):
            return False
        await self._measure(chosen[0])
        if self._chosen is not chosen:
            return False
        self._use(*chosen)
        return self._runtime.backend_name != before

    async def _learn_gpu_soon(self) -> None:
        """Without the GPU's name the page starts as if nothing were known of the machine."""
        with suppress(TimeoutError):
            await wait_for(self._learn_gpu(), NAME_S)

    async def _learn_gpu(self) -> None:
        if not self._knows_gpu:
            self._gpu = await self._gpu_name()
            self._knows_gpu = True

    def _is_open(self, entry: ModelEntry, wanted: str | None) -> bool:
        return not (wanted or self.times(entry) or entry.name in self._at_work)

    def _use(self, entry: ModelEntry, wanted: str | None) -> None:
        times = self.times(entry)
        fastest_first = sorted(self._runtime.names, key=lambda name: times.get(name, inf))
        self._runtime.use(*([wanted] if wanted else fastest_first))

    async def _measure(self, entry: ModelEntry) -> None:
        self._at_work.add(entry.name)
        try:
            times = self._complete(await self._timer.times(entry))
        finally:
            self._at_work.discard(entry.name)
        if times:
            mark = fingerprint(entry, self._gpu)
            self._measured[mark] = times
            self._memory.keep(KEY + entry.name, to_text(times, mark))

    def _complete(self, times: Times) -> Times:
        """Drops incomplete times: unless all backends were measured, none is the fastest."""
        return times if times.keys() == set(self._runtime.names) else {}
