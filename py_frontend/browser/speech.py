"""What a screen reader says of the answer."""

from asyncio import TimerHandle, get_running_loop

from pyscript import document

from core.catalog import ModelEntry
from core.notice import notice
from core.panels import AlwaysOpen
from core.reader import Answer

REST_S = 0.7


class Speech(AlwaysOpen):
    """Says the answer once the pen rests, and only what differs from what was said before."""

    def __init__(self):
        self._region = document.getElementById("speech")
        self._timer: TimerHandle | None = None

    def show(self, answer: Answer | None) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = get_running_loop().call_later(REST_S, self._say, answer)

    def describe(self, model: ModelEntry, backend: str) -> None:
        """The status line says what is loaded."""

    def _say(self, answer: Answer | None) -> None:
        words = _words(answer)
        if self._region.textContent != words:
            self._region.textContent = words


class Announcer:
    """Says sentences in a live region of their own: at once, or when nothing newer came for a
    while, so that a key that repeats is not heard at each step."""

    def __init__(self, region):
        self._region = region
        self._timer: TimerHandle | None = None

    def say(self, words: str) -> None:
        if self._timer:
            self._timer.cancel()
        if self._region.textContent != words:
            self._region.textContent = words

    def say_at_rest(self, words: str) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = get_running_loop().call_later(REST_S, self.say, words)


def _words(answer: Answer | None) -> str:
    """Nothing where there is no answer: whoever clears the pad knows it."""
    if answer is None:
        return ""
    return ". ".join(filter(None, (str(answer.prediction), notice(answer))))
