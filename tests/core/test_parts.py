"""Strokes in the parts that a person would name."""

from itertools import pairwise
from math import cos, pi, sin

from py_frontend.core.explanation import Explanation, Question
from py_frontend.core.occlusion import Curves, Heat, WithoutPart, parts_mattering
from py_frontend.core.parts import parts_of
from py_frontend.core.strokes import Stroke
from tests.core.test_explanation import answer
from tests.core.test_occlusion import no_pause, upper_half
from tests.support.fakes import finished


def line(*corners, steps: int = 20) -> Stroke:
    """A pen's line through corners, with many points as a hand leaves them."""
    points = [
        (ax + (bx - ax) * step / steps, ay + (by - ay) * step / steps)
        for (ax, ay), (bx, by) in pairwise(corners)
        for step in range(steps)
    ]
    return Stroke("pen", 16.0, (*points, corners[-1]))


SEVEN = line((80.0, 60.0), (200.0, 60.0), (180.0, 240.0))
CIRCLE = Stroke(
    "pen",
    16.0,
    tuple((140 + 80 * cos(a * pi / 40), 140 + 80 * sin(a * pi / 40)) for a in range(81)),
)


def test_a_seven_is_a_bar_at_the_top_and_an_upright_one():
    parts = parts_of((SEVEN,), 0)
    assert [part.words for part in parts] == ["bar at the top", "upright bar at the right"]


def test_the_parts_together_are_the_stroke():
    parts = parts_of((SEVEN,), 0)
    points = [*parts[0].stroke.points, *parts[1].stroke.points[1:]]
    assert tuple(points) == SEVEN.points


def test_a_circle_and_a_dot_are_of_one_piece():
    assert parts_of((CIRCLE,), 0) == ()
    assert parts_of((Stroke("pen", 16.0, ((1.0, 1.0),)),), 0) == ()


def test_a_hook_that_is_shorter_than_the_pen_is_wide_twice_is_no_part():
    hooked = line((80.0, 60.0), (200.0, 60.0), (200.0, 80.0))
    assert parts_of((hooked,), 0) == ()


def test_without_the_bar_of_a_seven_it_would_be_a_one():
    async def bar_or_not(ink):
        """Digit 7 where the ink is broad at the top, else 1."""
        broad = sum(value > 0.5 for value in ink[4 * 28 : 9 * 28]) > 25
        return [0.0, 0.5, *[0.0] * 5, float(broad), 0.0, 0.0]

    found = finished(parts_mattering((SEVEN,), bar_or_not, no_pause))
    assert found[0] == WithoutPart("bar at the top", 1)


def test_a_drawing_of_one_piece_has_no_parts_to_leave_out():
    assert finished(parts_mattering((CIRCLE,), upper_half, no_pause)) == ()


def test_only_parts_that_change_the_answer_are_told():
    def told(*parts):
        heat, curves = Heat(7, ()), Curves((1.0,), (2.0,))
        return Explanation(Question(answer()), heat, (), curves, parts).sentences()

    bar, stem = WithoutPart("bar at the top", 1), WithoutPart("upright bar at the right", 7)
    assert told(bar, stem) == ["Without the bar at the top it would be a 1."]
    assert told(stem) == ["Without any one of the parts it would still be a 7."]
