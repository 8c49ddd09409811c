"""How fast each backend is on this machine: a few inferences of one model, and what is kept of them
for the next visit."""

from __future__ import annotations

import json
from array import array
from collections.abc import Awaitable, Callable
from functools import cache

from .catalog import ModelEntry
from .errors import PageError
from .figures import quantile
from .image import mnist_image
from .runtime import Runtime, load
from .session import Inference, LoadedNetwork
from .strokes import Stroke

Times = dict[str, float]  # milliseconds of one inference, by the name of the backend

WARM_UPS = 2
RUNS = 7
# Any digit takes as long.
SAMPLE = Stroke("pen", 16.0, ((100.0, 80.0), (180.0, 80.0), (130.0, 210.0)))


class BackendTimer:
    """Times warm inferences on each backend that works; after every inference the page gets its
    turn.

    `note_first` is told what the first inference of a network took, as the timer makes the network
    warm for all that follow.
    """

    def __init__(
        self,
        runtime: Runtime,
        now_ms: Callable[[], float],
        pause: Callable[[], Awaitable[None]],
        note_first: Callable[[ModelEntry, str, float], None],
    ):
        self._runtime, self._now_ms = runtime, now_ms
        self._pause, self._note_first = pause, note_first

    async def times(self, entry: ModelEntry) -> Times:
        """The median of each backend, wall time; nothing of those that do not work here."""
        times: dict[str, list[float]] = {name: [] for name in self._runtime.names}
        for _ in range(WARM_UPS + RUNS):
            for name in list(times):
                await self._pause()
                try:
                    times[name].append(await self._time(name, entry))
                except PageError:
                    del times[name]
        return {name: quantile(each[WARM_UPS:], 0.5) for name, each in times.items()}

    async def _time(self, name: str, entry: ModelEntry) -> float:
        await self._runtime.run(entry, load, name)
        start_ms = self._now_ms()
        inference = await self._runtime.run(entry, infer_sample, name)
        ms = self._now_ms() - start_ms
        if inference.is_first:
            self._note_first(entry, name, ms)
        return ms


async def infer_sample(network: LoadedNetwork) -> Inference:
    """Work that reads the sample."""
    return await network.infer(sample_ink())


@cache
def sample_ink() -> array[float]:
    """A digit to time inferences with; made when it is first needed, not while the page
    starts."""
    ink = mnist_image([SAMPLE])
    assert ink is not None
    return ink


def fingerprint(entry: ModelEntry, gpu: str) -> str:
    """Changes with everything that may change how fast the model is."""
    return " ".join(filter(None, [entry.sha256, entry.net_sha256, gpu]))


def to_text(times: Times, mark: str) -> str:
    return json.dumps({"of": mark, "ms": times})


def from_text(text: str | None, mark: str) -> Times:
    """The times where the text holds those of the same fingerprint, else none: it comes from the
    browser's storage, where anything may be."""
    try:
        kept = json.loads(text or "{}")
        return (
            {str(name): float(ms) for name, ms in kept["ms"].items()} if kept["of"] == mark else {}
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def in_words(times: Times) -> str:
    """Such as: webgpu 5.8 ms, wasm 0.3 ms."""
    return ", ".join(f"{name} {ms:.1f} ms" for name, ms in times.items())
