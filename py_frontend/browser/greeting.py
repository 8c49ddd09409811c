"""A first visit is greeted with an example, drawn on the empty pad."""

from asyncio import sleep
from collections.abc import Callable

from core.examples import DIGITS

from .pad import DrawingPad
from .storage import Storage

KEY = "greeted"
EXAMPLE = DIGITS[3]
AFTER_S = 1.0  # of quiet: whoever draws at once is not greeted


class Greeting:
    """Happens once in a browser, and never over a drawing."""

    def __init__(self, pad: DrawingPad, storage: Storage, is_ready: Callable[[], bool]):
        self._pad, self._storage, self._is_ready = pad, storage, is_ready

    async def begin(self) -> None:
        if self._storage.recall(KEY):
            return
        await sleep(AFTER_S)
        if self._is_ready() and not self._pad.can_undo:
            self._storage.keep(KEY, "yes")
            await self._pad.play(EXAMPLE.strokes, is_greeting=True)
