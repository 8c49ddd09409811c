"""The page refuses exactly what training chose to refuse."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from py_frontend.core.abstention import SCORES, Abstention
from py_frontend.core.catalog import parse_catalog
from tests.support.fakes import ENTRY
from training.evaluation import abstention as training

LOGITS = arrays(np.float32, (5, 10), elements=st.floats(-60, 60, width=32))
WEIGHTS = arrays(np.float64, (10, 11), elements=st.floats(-3, 3))
TEMPERATURES = st.floats(0.3, 5)


def as_exported(abstention: training.Abstention) -> Abstention:
    """What the page reads from the list of models that export writes."""
    [entry] = parse_catalog(json.dumps([{**ENTRY, "abstention": abstention.to_json()}])).values()
    return entry.abstention


def check(abstention: training.Abstention, logits: np.ndarray, temperature: float) -> None:
    ours = as_exported(abstention)
    for row, score, refused in zip(
        logits.tolist(),
        abstention.scores(logits, temperature),
        abstention.abstains(logits, temperature),
        strict=True,
    ):
        assert ours.score_of(row, temperature) == pytest.approx(score, rel=1e-9, abs=1e-9)
        if abs(score - abstention.threshold) > 1e-6:
            assert ours.abstains(row, temperature) is bool(refused)


def test_both_sides_know_the_same_scores():
    assert set(SCORES) == set(training.SCORES)


@pytest.mark.parametrize("score", training.SCORES)
@given(LOGITS, TEMPERATURES, st.floats(0, 1))
def test_every_score_refuses_what_it_refuses_in_training(score, logits, temperature, quantile):
    scores = training.Abstention(score).scores(logits, temperature)
    check(training.Abstention(score, float(np.quantile(scores, quantile))), logits, temperature)


@given(LOGITS, WEIGHTS, TEMPERATURES, st.floats(-5, 5))
def test_weights_for_each_answer_refuse_what_they_refuse_in_training(
    logits, weights, temperature, threshold
):
    check(training.Abstention(training.BY_ANSWER, threshold, weights.tolist()), logits, temperature)


def test_fitted_weights_work_on_the_page():
    rng = np.random.default_rng(0)
    digits, drawings = (
        rng.normal(0, 1, (200, 10)) + sureness * np.eye(10)[rng.integers(0, 10, 200)]
        for sureness in (9, 4)
    )
    for candidate in training.candidates(digits, drawings):
        chosen = candidate.at_share(0.1, digits, 1.2)
        check(chosen, np.concatenate([digits, drawings]), 1.2)


def test_a_threshold_that_refuses_nothing_is_read_too():
    assert not as_exported(training.Abstention("energy")).abstains([0.0] * 10, 1.0)


def test_a_model_without_one_has_none():
    [entry] = parse_catalog(json.dumps([ENTRY])).values()
    assert entry.abstention is None
