"""One backend from its start until it is lost, with the networks loaded on it."""

from array import array
from asyncio import Task, create_task
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from .catalog import ModelEntry


class Network(Protocol):
    async def logits(self, ink: array) -> list[float]:
        """784 ink values in, 10 logits out; raises NetworkLost when its device went away."""

    async def gpu_ms(self, ink: array) -> float | None:
        """How long the GPU computes, by its own clock; None where there is none."""


class Backend(Protocol):
    async def load(self, entry: ModelEntry) -> Network:
        """Raises BackendUnavailable where this backend cannot run the model."""

    def on_lost(self, handler: Callable[[], None]) -> None:
        """Calls `handler` when no network on this backend can run any more."""


class BackendKind(Protocol):
    name: str

    async def start(self) -> Backend:
        """Raises BackendUnavailable where the machine does not have it."""


@dataclass(frozen=True)
class Inference:
    """What a network gave, and where it ran; the first run of a loaded network is slower than the
    others."""

    logits: list[float]
    backend: str
    is_first: bool


class Session:
    """Starts its backend when it is first needed and loads each model once; what failed is tried
    anew when asked for again."""

    def __init__(self, kind: BackendKind, on_lost: Callable[["Session"], None]):
        self.kind, self._on_lost = kind, on_lost
        self._tasks: dict[str, Task] = {}
        self._have_run: set[Network] = set()

    async def network(self, entry: ModelEntry) -> Network:
        return await self._once(f"model {entry.name}", lambda: self._load(entry))

    async def infer(self, entry: ModelEntry, ink: array) -> Inference:
        network = await self.network(entry)
        is_first = network not in self._have_run
        self._have_run.add(network)
        return Inference(await network.logits(ink), self.kind.name, is_first)

    async def gpu_ms(self, entry: ModelEntry, ink: array) -> float | None:
        return await (await self.network(entry)).gpu_ms(ink)

    async def _load(self, entry: ModelEntry) -> Network:
        backend = await self._once("backend", self._start)
        return await backend.load(entry)

    async def _start(self) -> Backend:
        backend = await self.kind.start()
        backend.on_lost(lambda: self._on_lost(self))
        return backend

    async def _once(self, key: str, work: Callable[[], Awaitable]):
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = create_task(work())
        try:
            return await task
        except Exception:
            if self._tasks.get(key) is task:
                del self._tasks[key]
            raise
