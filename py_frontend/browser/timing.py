"""User Timing: marks and measures that the browser's own tools show."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from pyscript import window

from core.timing import Span

MAX_ENTRIES = 1000  # of one name; the browser would keep them for ever

performance = window.performance


class Timing:
    """Writes marks and measures, and clears old ones."""

    def __init__(self):
        self._marks: set[str] = set()
        self._entries: Counter[str] = Counter()

    def now_ms(self) -> float:
        return performance.now()

    @contextmanager
    def measured(self, name: str) -> Iterator[Span]:
        span = Span(performance.now())
        yield span
        span.ms = self.measure(name, span.start_ms)

    def measure(self, name: str, start_ms: float) -> float:
        """Writes the measure from `start_ms` until now; returns its length in milliseconds."""
        if self._entries[name] >= MAX_ENTRIES:
            performance.clearMeasures(name)
            self._entries[name] = 0
        self._entries[name] += 1
        return performance.measure(name, start=start_ms, end=performance.now()).duration

    def mark_once(self, name: str) -> None:
        if name not in self._marks:
            self._marks.add(name)
            performance.mark(name)
