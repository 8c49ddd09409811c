"""Many inferences one after the other, and how their times are distributed."""
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from .figures import histogram, quantile

RUNS = 500
BINS = 40
SHOWN_SHARE = 0.99  # the slowest would stretch the chart until nothing else is seen; they count in the last bar
PROGRESS_EVERY = 10


@dataclass(frozen=True)
class Distribution:
    """Milliseconds of inferences; `counts` are of the equal parts of low..high, the last with all that took longer."""
    runs: int
    median: float
    percentile_95: float
    low: float
    high: float
    counts: tuple[int, ...]

    @classmethod
    def of(cls, times: Sequence[float]) -> "Distribution":
        low, high = min(times), quantile(times, SHOWN_SHARE)
        return cls(len(times), quantile(times, 0.5), quantile(times, 0.95), low, high, tuple(histogram(times, low, high, BINS)))

    @property
    def starts(self) -> list[float]:
        """Where each part begins."""
        return [self.low + (self.high - self.low) * part / len(self.counts) for part in range(len(self.counts))]

    def __str__(self) -> str:
        return f"{self.runs} inferences: median {self.median:.2f} ms, 95 % within {self.percentile_95:.2f} ms"


class Benchmark:
    """Runs the inferences; one at a time, and until it is told to stop."""

    def __init__(self, now_ms: Callable[[], float], on_progress: Callable[[int], None]):
        self._now_ms, self._on_progress = now_ms, on_progress
        self.is_running = self._is_stopped = False

    def stop(self) -> None:
        self._is_stopped = True

    async def run(self, infer: Callable[[], Awaitable]) -> Distribution | None:
        """None where it was stopped before it had measured anything. The first, which may be cold, is not counted."""
        self.is_running, self._is_stopped = True, False
        try:
            await infer()
            times = await self._times(infer)
        finally:
            self.is_running = False
        return Distribution.of(times) if times else None

    async def _times(self, infer: Callable[[], Awaitable]) -> list[float]:
        times: list[float] = []
        while len(times) < RUNS and not self._is_stopped:
            if len(times) % PROGRESS_EVERY == 0:
                self._on_progress(len(times))
            start_ms = self._now_ms()
            await infer()
            times.append(self._now_ms() - start_ms)
        return times
