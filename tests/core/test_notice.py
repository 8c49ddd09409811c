"""What is said beside an answer."""

from array import array

import pytest

from py_frontend.core.notice import UNLIKE, notice
from py_frontend.core.prediction import Prediction
from py_frontend.core.reader import Answer, Drawn
from py_frontend.core.session import Inference
from py_frontend.core.strokes import Stroke
from tests.support.fakes import model


def bar(x: float) -> Stroke:
    return Stroke("pen", 16.0, ((x, 40.0), (x, 240.0)))


ONE = (bar(140.0),)


def answer(strokes=ONE, abstains: bool = False, **probabilities: float) -> Answer:
    """`p4=0.9` is the probability of a 4; the rest is zero."""
    each = tuple(probabilities.get(f"p{digit}", 0.0) for digit in range(10))
    drawn = Drawn(tuple(strokes), array("f", bytes(4 * 784)), 0.0, 0.0, (0.0, 0.0, 280.0, 280.0))
    inference = Inference([0.0] * 10, "wasm", False)
    return Answer(drawn, model(), inference, 1.0, Prediction(each, abstains))


def test_a_sure_answer_needs_no_words():
    assert notice(answer(p1=0.97, p7=0.03)) == ""


def test_a_second_digit_is_told_where_it_has_a_probability_worth_telling():
    assert notice(answer(p1=0.8, p7=0.2)) == "Second guess: 7 (20%)"

    assert notice(answer(p1=0.95, p7=0.05)) == "Second guess: 7 (5%)"


@pytest.mark.parametrize(
    "second, said",
    [(0.4, "Both a 4 and a 9 fit."), (0.2, "Both a 4 and a 9 fit."), (0.1, UNLIKE)],
)
def test_an_abstention_has_a_reason(second, said):
    assert notice(answer(abstains=True, p4=1 - second, p9=second)) == said


def test_digits_side_by_side_are_noticed_before_all_else():
    found = notice(answer([bar(60.0), bar(220.0)], p1=1.0))
    assert found == "2 digits? Draw one digit at a time."


def test_a_digit_that_was_rubbed_out_does_not_count():
    eraser = Stroke("eraser", 80.0, ((220.0, 0.0), (220.0, 280.0)))
    assert notice(answer([bar(60.0), bar(220.0), eraser], p1=1.0)) == ""


def test_what_lies_beyond_the_pad_does_not_count():
    assert notice(answer([bar(60.0), bar(400.0)], p1=1.0)) == ""
    speck = Stroke("eraser", 1.0, ((140.0, 5.0),))
    assert notice(answer([bar(60.0), bar(400.0), speck], p1=1.0)) == ""


def test_a_picture_has_no_strokes_to_be_counted():
    assert notice(answer((), p1=1.0)) == ""
