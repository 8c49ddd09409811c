"""Temperatures that are found again, and calibration errors of classifiers whose calibration is
known."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.evaluation.calibration import (
    MAX_TEMPERATURE,
    MIN_TEMPERATURE,
    cross_entropy,
    expected_calibration_error,
    fitted_temperature,
    log_softmax,
)

COUNT = 20_000


@cache
def calibrated(seed: int = 0, count: int = COUNT) -> tuple[np.ndarray, np.ndarray]:
    """Logits (N, 10), and labels drawn with just the probabilities that they stand for."""
    numbers = np.random.default_rng(seed)
    logits = numbers.normal(0, 2.0, (count, 10))
    gumbel = -np.log(-np.log(numbers.random(logits.shape)))
    return logits, (logits + gumbel).argmax(axis=1)


def sure(confidence: float, accuracy: float) -> tuple[np.ndarray, np.ndarray]:
    """A classifier that is always so sure, and right so often."""
    rest = math.log((1 - confidence) / 9)
    logits = np.full((1000, 10), rest)
    logits[:, 3] = math.log(confidence)
    return logits, np.where(np.arange(1000) < 1000 * accuracy, 3, 4)


@pytest.mark.parametrize("factor", [0.2, 0.5, 1.0, 3.0, 8.0])
def test_the_temperature_is_the_factor_by_which_logits_are_too_large(factor):
    logits, labels = calibrated()
    assert fitted_temperature(logits * factor, labels) == pytest.approx(factor, rel=0.03)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999), factor=st.floats(0.2, 8))
def test_no_other_temperature_has_less_cross_entropy(seed, factor):
    logits, labels = calibrated(seed, count=2000)
    best = fitted_temperature(logits * factor, labels)
    others = np.geomspace(MIN_TEMPERATURE, MAX_TEMPERATURE, 50)
    assert (
        cross_entropy(logits * factor, labels, best)
        <= min(cross_entropy(logits * factor, labels, t) for t in others) + 1e-9
    )


def test_a_classifier_without_errors_gets_the_coldest_temperature():
    logits = np.eye(10) / 2
    assert fitted_temperature(logits, np.arange(10)) == pytest.approx(MIN_TEMPERATURE, rel=0.01)


def test_probabilities_that_are_right_have_hardly_any_calibration_error():
    logits, labels = calibrated()
    assert expected_calibration_error(logits, labels) < 0.01
    assert expected_calibration_error(logits * 3, labels, temperature=3) < 0.01


@pytest.mark.parametrize(
    ("confidence", "accuracy"), [(0.99, 0.8), (0.9, 0.5), (0.6, 0.9), (0.75, 0.75)]
)
def test_calibration_error_is_the_gap_between_confidence_and_accuracy(confidence, accuracy):
    assert expected_calibration_error(*sure(confidence, accuracy)) == pytest.approx(
        abs(confidence - accuracy), abs=1e-9
    )


def test_gaps_of_different_confidences_do_not_cancel_but_those_of_one_bin_do():
    (bold, bold_labels), (shy, shy_labels) = sure(0.95, 0.75), sure(0.55, 0.75)
    both = np.concatenate([bold, shy]), np.concatenate([bold_labels, shy_labels])
    assert expected_calibration_error(*both) == pytest.approx(0.2, abs=1e-9)
    (right, right_labels), (wrong, wrong_labels) = sure(0.95, 1.0), sure(0.95, 0.9)
    both = np.concatenate([right, wrong]), np.concatenate([right_labels, wrong_labels])
    assert expected_calibration_error(*both) == pytest.approx(0, abs=1e-9)


def test_an_overconfident_classifier_is_repaired_by_its_temperature():
    logits, labels = calibrated()
    before = expected_calibration_error(logits * 4, labels)
    after = expected_calibration_error(logits * 4, labels, fitted_temperature(logits * 4, labels))
    assert before > 0.2 and after < 0.01


@pytest.mark.parametrize("confidence, count, error", [(0.95, 20, 0), (0.9, 10, 2 / 11)])
def test_full_confidence_shares_a_bin_with_what_is_nearly_as_sure(confidence, count, error):
    """One image is read wrong for sure; others are right, which makes up for it in one bin only."""
    logits, labels = sure(confidence, 1.0)
    logits[count], labels[count] = np.eye(10)[3] * 1e4, 4
    found = expected_calibration_error(logits[: count + 1], labels[: count + 1])
    assert found == pytest.approx(error, abs=1e-9)


def test_full_confidence_falls_into_the_last_bin():
    logits = np.eye(10) * 1e4
    assert expected_calibration_error(logits, np.arange(10)) == 0
    assert expected_calibration_error(logits, (np.arange(10) + 1) % 10) == 1


@given(
    logits=st.lists(
        st.lists(st.floats(-1e4, 1e4), min_size=10, max_size=10), min_size=1, max_size=5
    )
)
def test_probabilities_of_any_logits_sum_to_one(logits):
    assert np.exp(log_softmax(np.array(logits))).sum(axis=1) == pytest.approx(1)


def test_cross_entropy_is_the_mean_of_the_labels_negative_logarithms():
    logits = np.log(np.array([[0.5, *[0.5 / 9] * 9], [0.1] * 10]))
    assert cross_entropy(logits, np.array([0, 7])) == pytest.approx(
        (math.log(2) + math.log(10)) / 2
    )
    assert cross_entropy(logits * 2, np.array([0, 7]), temperature=2) == pytest.approx(
        (math.log(2) + math.log(10)) / 2
    )
