"""Scores of logits against their definitions, thresholds at a share of the digits, and weights that
tell drawings apart."""

import json
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from py_frontend.core.prediction import softmax
from training.evaluation.abstention import (
    BY_ANSWER,
    BY_FEATURES,
    SCORES,
    Abstention,
    candidates,
    fitted_weights,
    linear,
    logistic_regression,
)
from training.networks.features import Seen

LOGITS = arrays(np.float64, (7, 10), elements=st.floats(-50, 50))
TEMPERATURES = st.floats(0.3, 5)


def some(count: int, seed: int, sureness: float) -> Seen:
    """Logits of which one stands out by `sureness`, and features that have nothing to do with
    them."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1, (count, 10)) + sureness * np.eye(10)[rng.integers(0, 10, count)]
    return Seen(rng.normal(0, 1, (count, 5)), logits, np.zeros((count, 784)))


def of_logits(logits: np.ndarray) -> Seen:
    return Seen(np.zeros((len(logits), 1)), logits, np.zeros((len(logits), 784)))


DIGITS, DRAWINGS = some(1000, 0, 9), some(400, 1, 4)


@given(LOGITS, TEMPERATURES)
def test_the_scores_are_what_they_say(logits, temperature):
    for row, (sure, free, high, apart) in zip(
        logits,
        np.stack([score(logits, temperature) for score in SCORES.values()], axis=1),
        strict=True,
    ):
        ordered = sorted(row)
        assert sure == pytest.approx(max(softmax(row.tolist(), temperature)), rel=1e-9)
        assert free == pytest.approx(
            ordered[-1] + temperature * log(sum(exp((v - ordered[-1]) / temperature) for v in row)),
            abs=1e-9,
        )
        assert (high, apart) == (ordered[-1], pytest.approx(ordered[-1] - ordered[-2]))


@pytest.mark.parametrize("share", [0, 0.001, 0.005, 0.01, 0.5, 0.999])
@pytest.mark.parametrize("one", candidates(DIGITS, DRAWINGS), ids=lambda one: one.score)
def test_it_abstains_from_exactly_the_share_of_the_digits_that_it_may(one, share):
    abstained = one.at_share(share, DIGITS, 1.2).abstains(DIGITS, 1.2).sum()
    assert abstained == int(share * len(DIGITS))


@given(LOGITS, st.floats(0, 0.99))
def test_of_equal_scores_it_abstains_from_no_more_than_the_share(logits, share):
    same = of_logits(np.repeat(logits, 3, axis=0))
    assert (
        Abstention("highest_logit").at_share(share, same, 1.0).abstains(same, 1.0).mean() <= share
    )


@pytest.mark.parametrize("share", [1, 1.5, -0.1])
def test_a_share_that_makes_no_sense_is_an_error(share):
    with pytest.raises(ValueError, match="at least 0 and less than 1"):
        Abstention("energy").at_share(share, DIGITS, 1.0)


def test_without_a_threshold_it_never_abstains():
    assert not any(one.abstains(DRAWINGS, 1.0).any() for one in candidates(DIGITS, DRAWINGS))


def test_weights_for_each_answer_are_applied_to_the_logits_of_that_answer():
    weights = np.zeros((10, 11))
    weights[3, :] = range(11)
    logits = np.array([[0, 0, 0, 5, 1, 0, 0, 0, 0, 0.5], [0, 0, 9, 5, 1, 0, 0, 0, 0, 0]])
    assert linear(logits, weights).tolist() == [3 * 5 + 4 * 1 + 9 * 0.5 + 10, 0]


def test_fitted_weights_see_what_the_highest_logit_does_not():
    """Drawings whose logits are as high as digits', but whose answer 4 comes with a 9 that is
    nearly as high."""
    rng = np.random.default_rng(5)
    digits, drawings = (
        9 * np.eye(10)[rng.integers(0, 10, count)] + rng.normal(0, 1, (count, 10))
        for count in (2000, 300)
    )
    drawings[:, 4], drawings[:, 9] = 12, 8
    digits, drawings = of_logits(digits), of_logits(drawings)
    scores = {
        one.score: one.at_share(0.005, every_second(digits, 0), 1.0).abstained_share(drawings, 1.0)
        for one in candidates(every_second(digits, 1), every_second(drawings, 0))
    }
    assert scores[BY_ANSWER] > 0.98 > 0.2 > scores["highest_logit"]


def every_second(seen: Seen, first: int) -> Seen:
    return seen.at(np.arange(first, len(seen), 2))


def test_features_tell_drawings_apart_whose_logits_do_not():
    """Drawings with the logits of digits, of which one feature is lower."""
    digits, drawings = some(2000, 5, 9), some(400, 6, 9)
    drawings.features[:, 3] -= 6
    scores = {
        one.score: one.at_share(0.005, every_second(digits, 0), 1.0).abstained_share(drawings, 1.0)
        for one in candidates(every_second(digits, 1), every_second(drawings, 0))
    }
    assert scores[BY_FEATURES] > 0.95 > 0.2 > scores[BY_ANSWER]


def test_both_parts_of_the_score_vary_as_much_among_digits():
    digits, drawings = some(2000, 7, 9), some(400, 8, 4)
    [one] = [one for one in candidates(digits, drawings) if one.score == BY_FEATURES]
    of_features = one.feature_scale * (digits.features @ np.array(one.feature_steps))
    parts = [of_features, linear(digits.logits, np.array(one.weights))]
    assert [part.std() for part in parts] == pytest.approx([1, 1], rel=0.02)
    assert one.scores(digits, 1.0) == pytest.approx(sum(parts))


def test_in_which_unit_a_feature_is_measured_makes_no_difference():
    digits, drawings = some(2000, 7, 9), some(400, 8, 4)
    drawings.features[:, :2] -= 2
    [one, other] = [
        next(one for one in candidates(*seen) if one.score == BY_FEATURES)
        for seen in ((digits, drawings), (in_quarters(digits), in_quarters(drawings)))
    ]
    assert other.scores(in_quarters(digits), 1.0) == pytest.approx(
        one.scores(digits, 1.0), abs=0.05
    )


def in_quarters(seen: Seen) -> Seen:
    return Seen(seen.features * [4, 1, 1, 1, 1], seen.logits, seen.ink)


def test_a_logistic_regression_has_the_least_penalized_cross_entropy():
    rng = np.random.default_rng(4)
    features = rng.normal(0, 1, (60, 3))
    targets = features[:, 0] + rng.normal(0, 1, 60) > 0.4
    ridge = 0.2
    weights = logistic_regression(features, targets, ridge / (len(targets) + 1))

    def loss(weights):
        signed = np.where(targets, 1, -1) * (features @ weights)
        return np.log1p(np.exp(-signed)).sum() + ridge / 2 * weights @ weights

    nearby = [weights + sign * 1e-3 * one for one in np.eye(3) for sign in (-1, 1)]
    assert all(loss(other) > loss(weights) for other in nearby)


def test_features_that_never_vary_do_no_harm():
    digits, drawings = (of_logits(some(count, 9, 9).logits) for count in (300, 60))
    [one] = [one for one in candidates(digits, drawings) if one.score == BY_FEATURES]
    assert np.isfinite(one.scores(digits, 1.0)).all()


def test_an_answer_that_no_drawing_gets_is_kept():
    """The regression has nothing to tell apart there; the ridge keeps its weights finite."""
    digits = some(500, 3, 9)
    drawings = of_logits(np.tile(6 * np.eye(10)[7], (50, 1)))
    weights = np.array(fitted_weights(digits.logits, drawings.logits))
    assert weights.shape == (10, 11) and np.isfinite(weights).all()
    one = Abstention(BY_ANSWER, 0.0, weights.tolist())
    others = digits.at(digits.answers != 7)
    assert one.abstains(drawings, 1.0).all() and not one.abstains(others, 1.0).any()


@pytest.mark.parametrize("one", candidates(DIGITS, DRAWINGS), ids=lambda one: one.score)
def test_an_abstention_survives_being_written_and_read(one):
    one = one.at_share(0.01, DIGITS, 1.0)
    again = Abstention(**json.loads(json.dumps(one.to_json())))
    assert again == one
    assert np.array_equal(again.abstains(DRAWINGS, 1.0), one.abstains(DRAWINGS, 1.0))
    assert ("weights" in one.to_json()) is (one.score in (BY_ANSWER, BY_FEATURES))
    assert ("feature_steps" in one.to_json()) is (one.score == BY_FEATURES)
