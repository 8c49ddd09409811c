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
    SCORES,
    Abstention,
    candidates,
    fitted_weights,
    linear,
)

LOGITS = arrays(np.float64, (7, 10), elements=st.floats(-50, 50))
TEMPERATURES = st.floats(0.3, 5)


def some(count: int, seed: int, sureness: float) -> np.ndarray:
    """Logits of which one stands out by `sureness`."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, (count, 10)) + sureness * np.eye(10)[rng.integers(0, 10, count)]


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
    same = np.repeat(logits, 3, axis=0)
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
    scores = {
        one.score: one.at_share(0.005, digits[::2], 1.0).abstained_share(drawings, 1.0)
        for one in candidates(digits[1::2], drawings[::2])
    }
    assert scores[BY_ANSWER] > 0.98 > 0.2 > scores["highest_logit"]


def test_an_answer_that_no_drawing_gets_is_kept():
    """The regression has nothing to tell apart there; the ridge keeps its weights finite."""
    digits = some(500, 3, 9)
    drawings = np.tile(6 * np.eye(10)[7], (50, 1))
    weights = np.array(fitted_weights(digits, drawings))
    assert weights.shape == (10, 11) and np.isfinite(weights).all()
    one = Abstention(BY_ANSWER, 0.0, weights.tolist())
    sevens = digits.argmax(axis=1) == 7
    assert one.abstains(drawings, 1.0).all() and not one.abstains(digits[~sevens], 1.0).any()


@pytest.mark.parametrize("one", candidates(DIGITS, DRAWINGS), ids=lambda one: one.score)
def test_an_abstention_survives_being_written_and_read(one):
    one = one.at_share(0.01, DIGITS, 1.0)
    again = Abstention(**json.loads(json.dumps(one.to_json())))
    assert again == one
    assert np.array_equal(again.abstains(DRAWINGS, 1.0), one.abstains(DRAWINGS, 1.0))
    assert ("weights" in one.to_json()) is (one.score == BY_ANSWER)
