"""What several models make of one drawing, and whether they agree."""

from collections.abc import Callable, Sequence

from .catalog import Catalog
from .latest import LatestOnly
from .reader import Answer, Reader

Answers = tuple[Answer, ...]


class Comparison:
    """Reads the newest drawing with every model of the catalogue, one model after the other."""

    def __init__(self, catalog: Catalog, reader: Reader, show: Callable[[Answers], None]):
        self._catalog, self._reader = catalog, reader
        self._latest: LatestOnly[Answer, Answers] = LatestOnly(self._read, show)

    async def submit(self, answer: Answer) -> None:
        """Has the other models read what one has read; only the newest drawing counts."""
        await self._latest.submit(answer)

    def drop(self) -> None:
        """What is still being read is shown no more."""
        self._latest.drop()

    async def _read(self, known: Answer) -> Answers:
        return tuple(
            [
                known if entry == known.model else await self._reader.answer(entry, known.drawn)
                for entry in self._catalog.entries.values()
            ]
        )


def agreement(answers: Sequence[Answer]) -> str:
    """A sentence on whether the models agree."""
    digits = {answer.prediction.digit for answer in answers}
    if any(answer.prediction.abstains for answer in answers):
        return "At least one of them is not sure that this is a digit."
    if len(digits) == 1:
        return f"They agree on {digits.pop()}."
    return "They disagree: " + " or ".join(map(str, sorted(digits))) + "?"
