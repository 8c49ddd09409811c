"""One backend from its start until it is lost or left, with the networks loaded on it."""
from array import array
from asyncio import Task, create_task
from collections.abc import Awaitable, Callable
from typing import Protocol

from .catalog import ModelEntry


class Network(Protocol):
    async def logits(self, ink: array) -> list[float]:
        """784 ink values in, 10 logits out; raises NetworkLost when its device went away."""


class Backend(Protocol):
    async def load(self, entry: ModelEntry) -> Network:
        """Raises BackendUnavailable where this backend cannot run the model."""

    def on_lost(self, handler: Callable[[], None]) -> None:
        """Calls `handler` when no network on this backend can run any more."""


class BackendChoice(Protocol):
    name: str

    async def start(self) -> Backend:
        """Raises BackendUnavailable where the machine does not have it."""


class Session:
    """Starts its backend when it is first needed and loads each model once; what failed is tried anew when asked for again."""

    def __init__(self, choice: BackendChoice, on_lost: Callable[["Session"], None]):
        self.choice, self._on_lost = choice, on_lost
        self._tasks: dict[str, Task] = {}

    async def network(self, entry: ModelEntry) -> Network:
        return await self._once(f"model {entry.name}", lambda: self._load(entry))

    async def _load(self, entry: ModelEntry) -> Network:
        backend = await self._once("backend", self._start)
        return await backend.load(entry)

    async def _start(self) -> Backend:
        backend = await self.choice.start()
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
