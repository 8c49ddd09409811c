"""Probabilities that mean what they say: a temperature fitted on validation images, and how far off
they still are."""

import numpy as np

MIN_TEMPERATURE, MAX_TEMPERATURE, SEARCH_STEPS = 0.05, 20.0, 60
BINS = 15


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """(N, 10) logits to (N, 10) log-probabilities."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def cross_entropy(logits: np.ndarray, labels: np.ndarray, temperature: float = 1.0) -> float:
    """Mean negative log-probability of the labels (N,), in nats."""
    return float(-log_softmax(logits / temperature)[np.arange(len(labels)), labels].mean())


def fitted_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature of least cross-entropy (Guo et al. 2017), by ternary search over its
    logarithm, where it is convex enough."""
    low, high = np.log(MIN_TEMPERATURE), np.log(MAX_TEMPERATURE)
    for _ in range(SEARCH_STEPS):
        third = (high - low) / 3
        if cross_entropy(logits, labels, np.exp(low + third)) < cross_entropy(
            logits, labels, np.exp(high - third)
        ):
            high -= third
        else:
            low += third
    return float(np.exp((low + high) / 2))


def expected_calibration_error(
    logits: np.ndarray, labels: np.ndarray, temperature: float = 1.0
) -> float:
    """Mean distance of confidence and accuracy over 15 equal bins of confidence, weighted by their
    images (Guo et al. 2017)."""
    probabilities = np.exp(log_softmax(logits / temperature))
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=right - confidence, minlength=BINS)
    return float(np.abs(gaps).sum() / len(labels))
