"""What a screen reader says of the answer."""

from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable
from functools import partial

from pyscript import document

from core.catalog import ModelEntry
from core.notice import notice
from core.panels import AlwaysOpen
from core.reader import Answer

REST_S = 0.7


class Announcer:
    """Says sentences in a live region: at once, or when nothing newer came for a while, so that
    strokes and keys that repeat are not heard at each step; and only what differs from before."""

    def __init__(self, region):
        self._region = region
        self._timer: TimerHandle | None = None

    def say(self, words: str) -> None:
        self._forget_timer()
        if self._region.textContent != words:
            self._region.textContent = words

    def say_at_rest(self, make_words: Callable[[], str]) -> None:
        """The words are made when they are said."""
        self._forget_timer()
        self._timer = get_running_loop().call_later(REST_S, lambda: self.say(make_words()))

    def _forget_timer(self) -> None:
        if self._timer:
            self._timer.cancel()


class Speech(AlwaysOpen):
    """Says the answer once the pen rests."""

    def __init__(self):
        self._announcer = Announcer(document.getElementById("speech"))

    def show(self, answer: Answer | None) -> None:
        self._announcer.say_at_rest(partial(_words, answer))

    def describe(self, model: ModelEntry, backend: str) -> None:
        """The status line says what is loaded."""


def _words(answer: Answer | None) -> str:
    """Nothing where there is no answer: whoever clears the pad knows it."""
    if answer is None:
        return ""
    return ". ".join(filter(None, (str(answer.prediction), notice(answer))))
