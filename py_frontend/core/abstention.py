"""When a network should not answer: a score of its logits, and the threshold below which it
abstains."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

from .prediction import CLASSES, highest, softmax

Logits = Sequence[float]
Weights = tuple[tuple[float, ...], ...]

BY_ANSWER = "by_answer"


def confidence(logits: Logits, temperature: float) -> float:
    """The highest calibrated probability."""
    return max(softmax(logits, temperature))


def energy(logits: Logits, temperature: float) -> float:
    """temperature * logsumexp(logits / temperature)."""
    top = max(logits)
    return top + temperature * log(sum(exp((logit - top) / temperature) for logit in logits))


def highest_logit(logits: Logits, temperature: float) -> float:
    return max(logits)


def margin(logits: Logits, temperature: float) -> float:
    """How far the highest logit is above the second."""
    second, first = sorted(logits)[-2:]
    return first - second


# The higher the score, the surer the network is of seeing a digit. Training chooses among the same
# scores (training/evaluation/abstention.py).
SCORES: dict[str, Callable[[Logits, float], float]] = {
    "confidence": confidence,
    "energy": energy,
    "highest_logit": highest_logit,
    "margin": margin,
}


@dataclass(frozen=True)
class Abstention:
    """A network abstains where the score of its logits is below the threshold.

    The score is one of `SCORES`, or `by_answer`: a linear function of the logits for each answer,
    whose row in `weights` (10, 11) holds a factor for each logit and a constant.
    """

    score: str
    threshold: float
    weights: Weights | None = None

    def __post_init__(self) -> None:
        if self.score != BY_ANSWER and self.score not in SCORES:
            scores = ", ".join([*SCORES, BY_ANSWER])
            raise ValueError(f"{self.score!r} is no score of an abstention (scores: {scores})")
        if (self.score == BY_ANSWER) != (self.weights is not None):
            raise ValueError(f"the score {BY_ANSWER} has weights, the others have none")
        lengths = [len(row) for row in self.weights or ()]
        if self.weights is not None and lengths != [CLASSES + 1] * CLASSES:
            raise ValueError(f"the weights of an abstention are {CLASSES} rows of {CLASSES + 1}")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Abstention":
        weights = data.get("weights")
        if weights is not None:
            weights = tuple(tuple(map(float, row)) for row in weights)
        return cls(data["score"], float(data["threshold"]), weights)

    def score_of(self, logits: Logits, temperature: float) -> float:
        if self.weights is None:
            return SCORES[self.score](logits, temperature)
        *factors, constant = self.weights[highest(logits)]
        return sum(factor * logit for factor, logit in zip(factors, logits, strict=True)) + constant

    def abstains(self, logits: Logits, temperature: float) -> bool:
        return self.score_of(logits, temperature) < self.threshold
