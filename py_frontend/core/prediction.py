"""What a network's answer means: probabilities, and the digit they point to."""
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite

from .errors import PageError

CLASSES = 10


class LogitsError(PageError):
    """A network gave something that is not ten numbers."""


@dataclass(frozen=True)
class Prediction:
    """Ten probabilities that sum to one, and the digit they point to."""
    probabilities: tuple[float, ...]

    @property
    def digit(self) -> int:
        return max(range(CLASSES), key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        return self.probabilities[self.digit]

    def __str__(self) -> str:
        return f"{self.digit} ({self.confidence:.0%})"


def softmax(logits: Sequence[float], temperature: float = 1.0) -> tuple[float, ...]:
    """Probabilities from logits; a temperature above one makes them less sure, below one surer."""
    if len(logits) != CLASSES or not all(map(isfinite, logits)):
        raise LogitsError(f"The network should give {CLASSES} finite numbers, but gave {list(logits)}. Reload the page.")
    highest = max(logits)
    weights = [exp((logit - highest) / temperature) for logit in logits]
    total = sum(weights)
    return tuple(weight / total for weight in weights)
