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
from training.networks.features import Seen

LOGITS = arrays(np.float32, (5, 10), elements=st.floats(-60, 60, width=32))
WEIGHTS = arrays(np.float64, (10, 11), elements=st.floats(-3, 3))
TEMPERATURES = st.floats(0.3, 5)


def as_exported(abstention: training.Abstention) -> Abstention:
    """What the page reads from the list of models that export writes."""
    [entry] = parse_catalog(json.dumps([{**ENTRY, "abstention": abstention.to_json()}])).values()
    return entry.abstention


def check(abstention: training.Abstention, seen: Seen, temperature: float) -> None:
    ours = as_exported(abstention)
    for row, features, score, refused in zip(
        seen.logits.tolist(),
        seen.features.tolist(),
        abstention.scores(seen, temperature),
        abstention.abstains(seen, temperature),
        strict=True,
    ):
        found = ours.score_of(row, temperature, features)
        assert found == pytest.approx(score, rel=1e-9, abs=1e-9)
        if abs(score - abstention.threshold) > 1e-6:
            assert ours.abstains(row, temperature, features) is bool(refused)


def of_logits(logits: np.ndarray) -> Seen:
    return Seen(np.zeros((len(logits), 0)), logits, np.zeros((len(logits), 784)))


def test_both_sides_know_the_same_scores():
    assert set(SCORES) == set(training.SCORES)


@pytest.mark.parametrize("score", training.SCORES)
@given(LOGITS, TEMPERATURES, st.floats(0, 1))
def test_every_score_refuses_what_it_refuses_in_training(score, logits, temperature, quantile):
    seen = of_logits(logits)
    scores = training.Abstention(score).scores(seen, temperature)
    check(training.Abstention(score, float(np.quantile(scores, quantile))), seen, temperature)


@given(LOGITS, WEIGHTS, TEMPERATURES, st.floats(-5, 5))
def test_weights_for_each_answer_refuse_what_they_refuse_in_training(
    logits, weights, temperature, threshold
):
    one = training.Abstention(training.BY_ANSWER, threshold, weights.tolist())
    check(one, of_logits(logits), temperature)


def test_fitted_weights_work_on_the_page():
    rng = np.random.default_rng(0)
    digits, drawings = (
        Seen(
            rng.normal(0, 1, (200, 7)).astype(np.float32),
            rng.normal(0, 1, (200, 10)) + sureness * np.eye(10)[rng.integers(0, 10, 200)],
            np.zeros((200, 784)),
        )
        for sureness in (9, 4)
    )
    for candidate in training.candidates(digits, drawings):
        chosen = candidate.at_share(0.1, digits, 1.2)
        check(chosen, digits, 1.2)
        check(chosen, drawings, 1.2)


WITH_FEATURES = {"weights": ((0.0,) * 11,) * 10, "feature_steps": (2, -3), "feature_scale": 0.5}


HAVE_WEIGHTS = "the scores by_answer and by_features have weights, the others have none"
HAS_STEPS = "the score by_features has feature_steps, the others have none"


def test_features_count_by_their_steps():
    one = Abstention("by_features", 0.0, **WITH_FEATURES)
    assert one.needs_features and not Abstention("margin", 0.0).needs_features
    assert one.score_of([0.0] * 10, 1.0, [3.0, 1.0]) == pytest.approx(0.5 * (2 * 3 - 3 * 1))


@pytest.mark.parametrize("features", [[], [1.0], [1.0, 2.0, 3.0]])
def test_other_features_than_the_networks_own_are_an_error(features):
    with pytest.raises(ValueError, match="features, not 2"):
        Abstention("by_features", 0.0, **WITH_FEATURES).abstains([0.0] * 10, 1.0, features)


@pytest.mark.parametrize(
    "score, given, reason",
    [
        ("by_features", {**WITH_FEATURES, "weights": None}, HAVE_WEIGHTS),
        ("by_features", {**WITH_FEATURES, "feature_steps": ()}, HAS_STEPS),
        ("by_answer", WITH_FEATURES, HAS_STEPS),
        ("margin", {"feature_steps": (1,)}, HAS_STEPS),
        (
            "by_answer",
            {"weights": ((0.0,) * 10,) * 10},
            "weights of an abstention are 10 rows of 11",
        ),
        (
            "mood",
            {},
            r"'mood' is no score of an abstention \(scores: confidence, .*, by_features\)",
        ),
    ],
)
def test_an_abstention_that_lacks_a_part_is_refused(score, given, reason):
    with pytest.raises(ValueError, match=reason):
        Abstention(score, 0.0, **given)


def test_a_score_at_the_threshold_is_an_answer():
    logits = [0.0] * 9 + [2.0]
    assert not Abstention("margin", 2.0).abstains(logits, 1.0)
    assert Abstention("margin", 2.5).abstains(logits, 1.0)


def test_a_threshold_that_refuses_nothing_is_read_too():
    assert not as_exported(training.Abstention("energy")).abstains([0.0] * 10, 1.0)


def test_a_model_without_one_has_none():
    [entry] = parse_catalog(json.dumps([ENTRY])).values()
    assert entry.abstention is None
