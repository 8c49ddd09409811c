"""What ten logits mean: probabilities, a digit, and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.prediction import LogitsError, Prediction, softmax


@given(st.lists(st.floats(-1e30, 1e30), min_size=10, max_size=10), st.floats(0.1, 10))
def test_probabilities_sum_to_one_and_point_to_the_highest_logit(logits, temperature):
    prediction = Prediction(softmax(logits, temperature))
    assert sum(prediction.probabilities) == pytest.approx(1)
    assert (
        prediction.probabilities[prediction.digit]
        == prediction.probabilities[logits.index(max(logits))]
    )


def test_a_higher_temperature_is_less_sure_of_the_same_digit():
    logits = [0.0] * 7 + [5.0, 1.0, 2.0]
    cold, warm = Prediction(softmax(logits, 1)), Prediction(softmax(logits, 3))
    assert cold.digit == warm.digit == 7 and 0.1 < warm.confidence < cold.confidence


def test_an_answer_in_words():
    prediction = Prediction((0.0,) * 7 + (0.98, 0.02, 0.0))
    assert str(prediction) == "7 (98%)"
    assert (
        prediction.in_words()
        == "Probabilities: 0: 0%, 1: 0%, 2: 0%, 3: 0%, 4: 0%, 5: 0%, 6: 0%, 7: 98%, 8: 2%, 9: 0%"
    )


def test_a_doubtful_answer_begins_with_the_best_guess_and_names_the_doubt_instead_of_a_percentage():
    prediction = Prediction((0.0,) * 7 + (0.98, 0.02, 0.0), abstains=True)
    assert str(prediction) == "7? Not sure this is a digit"
    assert prediction.in_words().startswith("Not sure this is a digit. Probabilities: 0: 0%, ")


@pytest.mark.parametrize(
    "logits", [[], [1.0] * 9, [1.0] * 9 + [float("nan")], [float("inf")] + [0.0] * 9]
)
def test_what_is_not_ten_numbers_is_never_shown_as_an_answer(logits):
    with pytest.raises(LogitsError, match=r"finite numbers.* Reload the page\.$"):
        softmax(logits)


def shares(**of_digits):
    """Ten probabilities: `d3=0.9` and so on, none for the rest."""
    return tuple(of_digits.get(f"d{digit}", 0.0) for digit in range(10))
