"""When a network should abstain: a score of its logits, and the threshold below which it gives no
answer."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from training.networks.models import CLASSES

from .calibration import log_softmax

Score = Callable[[np.ndarray, float], np.ndarray]

BY_ANSWER = "by_answer"
LOGIT_UNIT = 10.0  # logits are about this large; weights of the fit are for logits in this unit
RIDGE = 1e-4  # of the fit, for each image
NEWTON_STEPS = 30


def confidence(logits: np.ndarray, temperature: float) -> np.ndarray:
    """The highest calibrated probability."""
    return np.exp(log_softmax(logits / temperature)).max(axis=1)


def energy(logits: np.ndarray, temperature: float) -> np.ndarray:
    """temperature * logsumexp(logits / temperature), the negative free energy of Liu et al.
    (2020)."""
    highest = logits.max(axis=1)
    return highest + temperature * np.log(
        np.exp((logits - highest[:, None]) / temperature).sum(axis=1)
    )


def highest_logit(logits: np.ndarray, temperature: float) -> np.ndarray:
    return logits.max(axis=1)


def margin(logits: np.ndarray, temperature: float) -> np.ndarray:
    """How far the highest logit is above the second."""
    second, first = np.sort(logits, axis=1)[:, -2:].T
    return first - second


# Each takes logits (N, 10) and the temperature, and gives (N,), higher the surer the network is of
# seeing a digit.
SCORES: dict[str, Score] = {
    "confidence": confidence,
    "energy": energy,
    "highest_logit": highest_logit,
    "margin": margin,
}


@dataclass(frozen=True)
class Abstention:
    """The network abstains where the score is below the threshold.

    The score is one of `SCORES`, or `by_answer`: a linear function of the logits for each answer,
    whose row in `weights` (10, 11) holds a factor for each logit and a constant.
    """

    score: str
    threshold: float = -np.inf
    weights: list[list[float]] | None = None

    def scores(self, logits: np.ndarray, temperature: float) -> np.ndarray:
        """(N,) for `logits` (N, 10)."""
        logits = logits.astype(np.float64)
        return (
            SCORES[self.score](logits, temperature)
            if self.weights is None
            else linear(logits, np.array(self.weights))
        )

    def abstains(self, logits: np.ndarray, temperature: float) -> np.ndarray:
        """Which of the images with `logits` (N, 10) get no answer: bool (N,)."""
        return self.scores(logits, temperature) < self.threshold

    def abstained_share(self, logits: np.ndarray, temperature: float) -> float:
        return float(self.abstains(logits, temperature).mean())

    def at_share(self, share: float, digits: np.ndarray, temperature: float) -> "Abstention":
        """This one with the highest threshold at which it abstains from at most `share` of the
        digits with these logits (N, 10)."""
        if not 0 <= share < 1:
            raise ValueError(
                f"The share of digits to abstain from is {share};"
                " it must be at least 0 and less than 1."
            )
        ordered = np.sort(self.scores(digits, temperature))
        below = int(share * len(ordered))
        threshold = float(ordered[max(below - 1, 0) : below + 1].mean())
        return Abstention(self.score, threshold, self.weights)

    def to_json(self) -> dict:
        return {key: value for key, value in asdict(self).items() if value is not None}


def candidates(digits: np.ndarray, drawings: np.ndarray) -> list[Abstention]:
    """One for each score, without a threshold yet; `digits` (N, 10) and `drawings` (M, 10) are the
    logits to fit weights to."""
    return [
        *map(Abstention, SCORES),
        Abstention(BY_ANSWER, weights=fitted_weights(digits, drawings)),
    ]


def linear(logits: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The score `by_answer`: (N,) for logits (N, 10) and weights (10, 11)."""
    return (with_one(logits) * weights[logits.argmax(axis=1)]).sum(axis=1)


def fitted_weights(digits: np.ndarray, drawings: np.ndarray) -> list[list[float]]:
    """Weights (10, 11) that tell digits from drawings with the same answer: a logistic regression
    for each answer."""
    logits = np.concatenate([digits, drawings]).astype(np.float64)
    is_digit = np.arange(len(logits)) < len(digits)
    answers = logits.argmax(axis=1)
    features = with_one(logits / LOGIT_UNIT)
    fits = [
        logistic_regression(features[answers == answer], is_digit[answers == answer])
        for answer in range(CLASSES)
    ]
    return [
        [*(weights[:-1] / LOGIT_UNIT).round(6).tolist(), round(float(weights[-1]), 6)]
        for weights in fits
    ]


def logistic_regression(features: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Weights (F,) of features (N, F) for targets (N,) bool, with a small ridge, by Newton's
    method."""
    weights, ridge = np.zeros(features.shape[1]), RIDGE * (len(targets) + 1)
    for _ in range(NEWTON_STEPS):
        expected = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (expected - targets) + ridge * weights
        curvature = (features.T * (expected * (1 - expected))) @ features + ridge * np.eye(
            len(weights)
        )
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def with_one(logits: np.ndarray) -> np.ndarray:
    """(N, 10) with a column of ones, (N, 11)."""
    return np.concatenate([logits, np.ones((len(logits), 1))], axis=1)
