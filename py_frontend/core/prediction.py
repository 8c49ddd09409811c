"""What a network's answer means: probabilities, the digit they point to, and whether it looks like
a digit at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite

from .errors import PageError

CLASSES = 10
ABSTAINS = "Not sure this is a digit"


class LogitsError(PageError):
    """A network gave something that is not ten numbers."""


@dataclass(frozen=True)
class Prediction:
    """Ten probabilities that sum to one, and the digit they point to, which counts for little where
    the network abstains."""

    probabilities: tuple[float, ...]
    abstains: bool = False

    @property
    def digit(self) -> int:
        return highest(self.probabilities)

    @property
    def second(self) -> int:
        """The second-best digit."""
        others = [digit for digit in range(CLASSES) if digit != self.digit]
        return max(others, key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        return self.probabilities[self.digit]

    def __str__(self) -> str:
        if self.abstains:
            return f"{self.digit}? {ABSTAINS}"
        return f"{self.digit} ({self.confidence:.0%})"

    def in_words(self) -> str:
        """All of it, for those who do not see the chart."""
        warning = f"{ABSTAINS}. " if self.abstains else ""
        each = [f"{digit}: {p:.0%}" for digit, p in enumerate(self.probabilities)]
        return f"{warning}Probabilities: {', '.join(each)}"


def highest(values: Sequence[float]) -> int:
    """The class with the highest value; the first of several."""
    return max(range(CLASSES), key=values.__getitem__)


def softmax(logits: Sequence[float], temperature: float = 1.0) -> tuple[float, ...]:
    """Probabilities from logits; a temperature above one makes them less sure, below one surer."""
    if len(logits) != CLASSES or not all(map(isfinite, logits)):
        raise LogitsError(
            f"The network should give {CLASSES} finite numbers, but gave {list(logits)}. "
            "Reload the page."
        )
    top = max(logits)
    weights = [exp((logit - top) / temperature) for logit in logits]
    total = sum(weights)
    return tuple(weight / total for weight in weights)
