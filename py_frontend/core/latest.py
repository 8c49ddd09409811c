"""One job at a time, and the newest value wins."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")
Result = TypeVar("Result")


class LatestOnly(Generic[Value, Result]):
    """Runs `job` on one value at a time and hands results to `show`; while busy it remembers only
    the newest value.

    Only the newest value's error is raised: that of a value which was overtaken or dropped is of no
    interest.
    """

    def __init__(self, job: Callable[[Value], Awaitable[Result]], show: Callable[[Result], None]):
        self._job = job
        self._show = show
        self._pending: list[Value] = []
        self._busy = False
        self._dropped = False

    async def submit(self, value: Value) -> None:
        """Returns once nothing is pending, or at once where another call is at work, which then
        takes this value."""
        self._pending[:] = [value]
        if self._busy:
            return
        self._busy = True
        try:
            while self._pending:
                await self._run(self._pending.pop())
        finally:
            self._busy = False

    def drop(self) -> None:
        """Forgets what is pending, and keeps the result of the job in flight from being shown."""
        self._pending.clear()
        self._dropped = True

    async def _run(self, value: Value) -> None:
        self._dropped = False
        try:
            result = await self._job(value)
        except Exception:
            if self._pending or self._dropped:
                return
            raise
        if not self._dropped:
            self._show(result)
