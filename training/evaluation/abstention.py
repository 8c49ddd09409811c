"""When a network should abstain: a score of what it makes of an image, and the threshold below
which it gives no answer."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np

from training.networks.features import Seen
from training.networks.models import CLASSES

from .calibration import log_softmax

Score = Callable[[np.ndarray, float], np.ndarray]

BY_ANSWER, BY_FEATURES = "by_answer", "by_features"
LOGIT_UNIT = 10.0  # logits are about this large; weights of the fit are for logits in this unit
RIDGE, FEATURE_RIDGE = 1e-4, 1e-3  # of the fits to logits and to features, for each image
NEWTON_STEPS = 30
MAX_STEP = 127  # factors of features are whole numbers of steps
MIN_DEVIATION = 1e-3  # of a feature that hardly varies


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
    whose row in `weights` (10, 11) holds a factor for each logit and a constant. `by_features`
    adds a linear function of the last layer's input, whose factors are `feature_steps` (F,), whole
    numbers, times `feature_scale`.
    """

    score: str
    threshold: float = -np.inf
    weights: list[list[float]] | None = None
    feature_steps: list[int] | None = None
    feature_scale: float = 0.0

    def scores(self, seen: Seen, temperature: float) -> np.ndarray:
        """(N,) for what the network makes of N images."""
        logits = seen.logits.astype(np.float64)
        if self.weights is None:
            return SCORES[self.score](logits, temperature)
        found = linear(logits, np.array(self.weights))
        if self.feature_steps is None:
            return found
        steps = np.array(self.feature_steps, np.float64)
        return found + self.feature_scale * (seen.features.astype(np.float64) @ steps)

    def abstains(self, seen: Seen, temperature: float) -> np.ndarray:
        """Which of the images get no answer: bool (N,)."""
        return self.scores(seen, temperature) < self.threshold

    def abstained_share(self, seen: Seen, temperature: float) -> float:
        return float(self.abstains(seen, temperature).mean())

    def at_share(self, share: float, digits: Seen, temperature: float) -> "Abstention":
        """This one with the highest threshold at which it abstains from at most `share` of these
        digits."""
        check_share(share)
        ordered = np.sort(self.scores(digits, temperature))
        below = int(share * len(ordered))
        threshold = float(ordered[max(below - 1, 0) : below + 1].mean())
        return replace(self, threshold=threshold)

    def to_json(self) -> dict:
        given = {key: value for key, value in asdict(self).items() if value is not None}
        if self.feature_steps is None:
            del given["feature_scale"]
        return given


def check_share(share: float) -> None:
    if not 0 <= share < 1:
        raise ValueError(
            f"The share of digits to abstain from is {share};"
            " it must be at least 0 and less than 1."
        )


def candidates(digits: Seen, drawings: Seen) -> list[Abstention]:
    """One for each score, without a threshold yet; weights are fitted to these digits and
    drawings."""
    weights = fitted_weights(digits.logits, drawings.logits)
    return [
        *map(Abstention, SCORES),
        Abstention(BY_ANSWER, weights=weights),
        with_features(np.array(weights), digits, drawings),
    ]


def with_features(weights: np.ndarray, digits: Seen, drawings: Seen) -> Abstention:
    """The score of these weights of logits and one of features, which a logistic regression tells
    drawings by, added up so that each varies as much among digits."""
    features = np.concatenate([digits.features, drawings.features]).astype(np.float64)
    mean = features.mean(axis=0)
    deviations = np.maximum(features.std(axis=0), MIN_DEVIATION)
    is_digit = np.arange(len(features)) < len(digits)
    fit = logistic_regression(with_one((features - mean) / deviations), is_digit, FEATURE_RIDGE)
    factors = fit[:-1] / deviations
    factors /= max((digits.features @ factors).std(), MIN_DEVIATION)
    weights = weights / max(linear(digits.logits.astype(np.float64), weights).std(), MIN_DEVIATION)
    scale = float(np.abs(factors).max() / MAX_STEP) or 1.0
    return Abstention(
        BY_FEATURES,
        weights=weights.round(6).tolist(),
        feature_steps=(factors / scale).round().astype(int).tolist(),
        feature_scale=scale,
    )


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


def logistic_regression(
    features: np.ndarray, targets: np.ndarray, ridge_per_image: float = RIDGE
) -> np.ndarray:
    """Weights (F,) of features (N, F) for targets (N,) bool, with a small ridge, by Newton's
    method."""
    weights, ridge = np.zeros(features.shape[1]), ridge_per_image * (len(targets) + 1)
    for _ in range(NEWTON_STEPS):
        expected = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (expected - targets) + ridge * weights
        curvature = (features.T * (expected * (1 - expected))) @ features + ridge * np.eye(
            len(weights)
        )
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def with_one(values: np.ndarray) -> np.ndarray:
    """(N, F) with a column of ones, (N, F + 1)."""
    return np.concatenate([values, np.ones((len(values), 1))], axis=1)
