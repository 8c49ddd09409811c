"""Strokes in the parts that a person would name."""

from itertools import pairwise
from math import cos, pi, sin

import pytest

from py_frontend.core.explanation import Explanation, Question
from py_frontend.core.image import mnist_image
from py_frontend.core.occlusion import Curves, Heat, WithoutPart, parts_mattering
from py_frontend.core.parts import parts_of, place_in
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


def words(*corners, steps: int = 20) -> list[str]:
    return [part.words for part in parts_of((line(*corners, steps=steps),), 0)]


@pytest.mark.parametrize("steps", [1, 20])
def test_bars_are_told_by_their_slope_and_curves_by_their_bend(steps):
    assert words((80, 60), (200, 60), (180, 240), steps=steps) == [
        "bar at the top",
        "upright bar at the right",
    ]
    assert words((80, 40), (80, 200), (180, 200), steps=steps) == [
        "upright bar at the left",
        "bar at the bottom",
    ]
    arc = tuple((140 + 48 * cos(a * pi / 20), 100 + 45 * sin(a * pi / 20)) for a in range(-20, 5))
    two = Stroke("pen", 16.0, (*arc, (90.0, 220.0), (190.0, 220.0)))
    assert parts_of((two,), 0)[0].words == "curve at the top"


def test_a_hook_at_the_start_of_a_bar_leaves_it_upright():
    assert words((203, 60), (200, 60), (200, 240), (80, 240), steps=1) == [
        "upright bar at the right",
        "bar at the bottom",
    ]


def test_long_straight_parts_stand_by_themselves_however_little_the_line_turns():
    assert words((60, 60), (160, 60), (230, 130)) == ["bar at the top left", "bar at the right"]


def test_short_parts_stand_by_themselves_where_the_line_turns_sharply():
    zigzag = [(20 + 40 * number, 100 + 30 * (number % 2)) for number in range(10)]
    assert len(words(*zigzag, steps=1)) == 9


def test_a_hand_that_trembles_makes_no_parts():
    assert words(*((20 + 10 * n, 100 + 3 * (-1) ** n) for n in range(20)), steps=1) == []


def test_a_line_that_comes_back_to_where_it_began_is_split_there():
    back = line((100, 100), (200, 100), (200, 200), (100, 100), (60, 20), steps=1)
    parts = [part.stroke.points for part in parts_of((back,), 0)]
    assert parts == list(pairwise(back.points))


@pytest.mark.parametrize("hook, count", [(31, 1), (32, 2), (33, 2)])
def test_a_part_is_twice_as_long_as_the_pen_is_wide_at_least(hook, count):
    for corners in (
        [(80, 60), (80, 240), (80 + hook, 240)],
        [(80, 60 + hook), (80, 60), (240, 60)],
    ):
        assert max(1, len(words(*corners, steps=1))) == count


@pytest.mark.parametrize(
    "x, y, place",
    [
        (1, 1, "in the middle"),
        (2, 2, "in the middle"),
        (0.9, 1.8, "at the left"),
        (2.1, 1.2, "at the right"),
        (1.8, 0.9, "at the top"),
        (1.2, 2.1, "at the bottom"),
        (0, 3, "at the bottom left"),
    ],
)
def test_a_place_is_one_of_nine_equal_fields(x, y, place):
    assert place_in((0, 0, 3, 3), x, y) == place


def test_without_a_part_exactly_the_rest_is_read_within_the_pad():
    seen, area = [], (0.0, 0.0, 280.0, 230.0)
    three = line((80.0, 60.0), (200.0, 60.0), (200.0, 240.0), (60.0, 240.0))
    bent = Stroke("eraser", 20.0, line((30.0, 30.0), (30.0, 90.0), (90.0, 90.0)).points)
    drawing = (CIRCLE, bent, three, CIRCLE, SEVEN)

    async def kept(ink):
        seen.append(ink)
        return await upper_half(ink)

    finished(parts_mattering(drawing, kept, no_pause, area))
    expected = []
    for number in (2, 4):
        parts = [part.stroke for part in parts_of(drawing, number)]
        for part in parts:
            left = [other for other in parts if other is not part]
            rest = [*drawing[:number], *left, *drawing[number + 1 :]]
            expected.append(mnist_image(rest, area))
    assert len(expected) == 5 and seen == expected


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
