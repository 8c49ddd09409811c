"""Long work in short turns, so that the page stays alive meanwhile."""

from collections.abc import Awaitable, Callable

TURN_MS = 6  # well within a frame, so that a prediction and its view fit beside it


class Turns:
    """Lets the page have its turn whenever some milliseconds were used."""

    def __init__(self, now_ms: Callable[[], float], next_frame: Callable[[], Awaitable[None]]):
        self._now_ms, self._next_frame = now_ms, next_frame
        self._began_ms = now_ms()

    async def pause(self) -> None:
        """Returns at once while the turn lasts, else when the next one begins."""
        if self._now_ms() - self._began_ms > TURN_MS:
            await self._next_frame()
            self._began_ms = self._now_ms()
