"""How long things take, for whoever keeps the record."""

from contextlib import AbstractContextManager
from typing import Protocol


class Span:
    """A stretch of time; `ms` is its length once it is over."""

    def __init__(self, start_ms: float):
        self.start_ms, self.ms = start_ms, 0.0


class Stopwatch(Protocol):
    """Times blocks of code."""

    def now_ms(self) -> float: ...

    def measured(self, name: str) -> AbstractContextManager[Span]:
        """Records under `name` how long the block takes; a block that fails is not recorded."""


class Timeline(Stopwatch, Protocol):
    """A stopwatch that also marks moments, and measures from a moment until now."""

    def measure(self, name: str, start_ms: float) -> float:
        """Records the time since `start_ms` under `name`; gives it in milliseconds."""

    def mark_once(self, name: str) -> None:
        """Marks this moment, unless it was marked before."""
