"""Many inferences one after the other, and how their times are distributed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Protocol

from .errors import PageError
from .figures import ROUNDING, histogram, quantile

Infer = Callable[[], Awaitable[Any]]

RUNS = 500
CLOCK_MS = 0.1  # to which browsers round their clock; finer bars would show its steps
MAX_BARS = 40
# The slowest would stretch the chart until nothing else is seen; they count in the last bar.
SHOWN_SHARE = 0.99
TURN_MS = 8  # about half a frame


@dataclass(frozen=True)
class Distribution:
    """Milliseconds of inferences; the bars begin at `low`, are `width` wide each, and the last
    counts all that took longer."""

    runs: int
    median: float
    percentile_95: float
    low: float
    width: float
    counts: tuple[int, ...]

    @classmethod
    def of(cls, times: Sequence[float]) -> "Distribution":
        first, last = (
            int(ms / CLOCK_MS + ROUNDING) for ms in (min(times), quantile(times, SHOWN_SHARE))
        )
        ticks_per_bar = ceil((last + 1 - first) / MAX_BARS)
        low, width = first * CLOCK_MS, ticks_per_bar * CLOCK_MS
        counts = histogram(times, low, width, ceil((last + 1 - first) / ticks_per_bar))
        return cls(
            len(times), quantile(times, 0.5), quantile(times, 0.95), low, width, tuple(counts)
        )

    @property
    def starts(self) -> list[float]:
        """Where each bar begins."""
        return [self.low + self.width * bar for bar in range(len(self.counts))]

    def __str__(self) -> str:
        return (
            f"{self.runs} inferences: median {self.median:.2f} ms, "
            f"95 % within {self.percentile_95:.2f} ms"
        )


class Controls(Protocol):
    """What the person sees of a benchmark."""

    def begin(self) -> None: ...
    def progress(self, done: int) -> None: ...
    def end(self, sentence: str, distribution: Distribution | None) -> None: ...


@dataclass(frozen=True)
class Subject:
    """What is timed: its name for the person, and one inference of it."""

    title: str
    infer: Infer


class Benchmark:
    """Runs inferences one after the other until it is told to stop; the page gets its turn in every
    frame."""

    def __init__(
        self, now_ms: Callable[[], float], pause: Callable[[], Awaitable[None]], controls: Controls
    ):
        self._now_ms, self._pause, self._controls = now_ms, pause, controls
        self.is_running = self._is_stopped = False

    async def press(self, subject: Subject | None) -> None:
        """Starts, or stops where it runs; `subject` is None where there is no model yet."""
        if self.is_running:
            self._is_stopped = True
        elif subject is None:
            self._controls.end("There is no model to time yet.", None)
        else:
            await self._measure(subject)

    async def _measure(self, subject: Subject) -> None:
        self._controls.begin()
        try:
            distribution = await self.run(subject.infer)
        except PageError as error:
            self._controls.end(str(error), None)
        else:
            self._controls.end(f"{subject.title}: {distribution or 'stopped'}", distribution)

    async def run(self, infer: Infer) -> Distribution | None:
        """None where it was stopped before it had measured anything. The first, which may be cold,
        is not counted."""
        self.is_running, self._is_stopped = True, False
        try:
            await infer()
            times = await self._times(infer)
        finally:
            self.is_running = False
        return Distribution.of(times) if times else None

    async def _times(self, infer: Infer) -> list[float]:
        times: list[float] = []
        turn_ms = self._now_ms()
        while len(times) < RUNS and not self._is_stopped:
            start_ms = self._now_ms()
            await infer()
            now_ms = self._now_ms()
            times.append(now_ms - start_ms)
            if now_ms - turn_ms > TURN_MS:
                self._controls.progress(len(times))
                await self._pause()
                turn_ms = self._now_ms()
        return times
