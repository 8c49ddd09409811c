"""When a network should not answer: a score of what it makes of a drawing, and the threshold below
which it abstains."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from operator import mul
from typing import Any

from .prediction import CLASSES, highest, softmax

Logits = Sequence[float]
Weights = tuple[tuple[float, ...], ...]

BY_ANSWER, BY_FEATURES = "by_answer", "by_features"


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
    """A network abstains where the score is below the threshold.

    The score is one of `SCORES`, or `by_answer`: a linear function of the logits for each answer,
    whose row in `weights` (10, 11) holds a factor for each logit and a constant. `by_features`
    adds a linear function of the network's features, whose factors are `feature_steps`, whole
    numbers, times `feature_scale`.
    """

    score: str
    threshold: float
    weights: Weights | None = None
    feature_steps: tuple[int, ...] = ()
    feature_scale: float = 0.0

    def __post_init__(self) -> None:
        linear = (BY_ANSWER, BY_FEATURES)
        if self.score not in linear and self.score not in SCORES:
            scores = ", ".join([*SCORES, *linear])
            raise ValueError(f"{self.score!r} is no score of an abstention (scores: {scores})")
        if (self.score in linear) != (self.weights is not None):
            raise ValueError(
                f"the scores {' and '.join(linear)} have weights, the others have none"
            )
        if (self.score == BY_FEATURES) != bool(self.feature_steps):
            raise ValueError(f"the score {BY_FEATURES} has feature_steps, the others have none")
        lengths = [len(row) for row in self.weights or ()]
        if self.weights is not None and lengths != [CLASSES + 1] * CLASSES:
            raise ValueError(f"the weights of an abstention are {CLASSES} rows of {CLASSES + 1}")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Abstention":
        weights = data.get("weights")
        if weights is not None:
            weights = tuple(tuple(map(float, row)) for row in weights)
        return cls(
            data["score"],
            float(data["threshold"]),
            weights,
            tuple(map(int, data.get("feature_steps", ()))),
            float(data.get("feature_scale", 0)),
        )

    @property
    def needs_features(self) -> bool:
        return bool(self.feature_steps)

    def score_of(self, logits: Logits, temperature: float, features: Sequence[float] = ()) -> float:
        if self.weights is None:
            return SCORES[self.score](logits, temperature)
        *factors, constant = self.weights[highest(logits)]
        score = constant + float(sum(map(mul, factors, logits)))
        if not self.feature_steps:
            return score
        if len(features) != len(self.feature_steps):
            raise ValueError(f"{len(features)} features, not {len(self.feature_steps)}")
        return score + self.feature_scale * float(sum(map(mul, features, self.feature_steps)))

    def abstains(self, logits: Logits, temperature: float, features: Sequence[float] = ()) -> bool:
        return self.score_of(logits, temperature, features) < self.threshold
