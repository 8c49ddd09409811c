"""Digits side by side are told from one digit of several strokes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.groups import groups
from py_frontend.core.strokes import Stroke
from tests.support.glyphs import GLYPHS


def pen(*points, width=16.0):
    return Stroke("pen", width, tuple(points))


def drawn(digit: int, left: float, top: float = 60.0, size: float = 140.0) -> list[Stroke]:
    """A digit whose ink begins at `left`; `size` is that of its box."""
    lines = GLYPHS[digit]
    first = min(x for line in lines for x, _ in line)
    move = lambda x, y: (left + 8 + (x - first) * size, top + y * size)
    return [pen(*(move(x, y) for x, y in line)) for line in lines]


def right(strokes) -> float:
    return max(x for stroke in strokes for x, _ in stroke.points) + 8


@pytest.mark.parametrize("size", [60, 140, 220])
@pytest.mark.parametrize("digit", GLYPHS)
def test_one_digit_is_one_group(digit, size):
    assert len(groups(drawn(digit, 20, size=size))) == 1


@pytest.mark.parametrize("first", GLYPHS)
@pytest.mark.parametrize("second", GLYPHS)
def test_two_digits_side_by_side_are_two_groups(first, second):
    one = drawn(first, 10, size=120)
    two = drawn(second, right(one) + 10, size=120)
    assert groups([*two, *one]) == (
        tuple(sorted(one, key=leftmost)),
        tuple(sorted(two, key=leftmost)),
    )


def leftmost(stroke):
    return min(x for x, _ in stroke.points)


def test_three_digits_are_three_groups():
    assert len(groups([*drawn(1, 10), *drawn(0, 60, size=80), *drawn(7, 190, size=80)])) == 3


@pytest.mark.parametrize(
    "strokes",
    [
        [pen((60, 40), (50, 120), (110, 120)), pen((132, 30), (132, 220))],
        [pen((130, 40), (80, 90), (80, 190), (130, 240)), pen((152, 44), (200, 140), (152, 236))],
        [pen((60, 40), (60, 240)), pen((120, 200), (126, 210))],
        [pen((100, 60), (100, 120), (160, 180), (90, 230)), pen((128, 52), (190, 52))],
        [pen((90, 60), (180, 60), (120, 230)), pen((90, 140), (190, 140))],
    ],
    ids=[
        "a 4 whose bar stops short",
        "a 0 of two arcs",
        "a 1 with a dot",
        "a 5 with its flag apart",
        "a crossed 7",
    ],
)
def test_what_may_be_one_digit_is_one_group(strokes):
    assert len(groups(strokes)) == 1


def test_nothing_is_no_group():
    assert groups([]) == ()


def test_digits_above_each_other_are_one_group():
    assert len(groups([*drawn(1, 100, top=10, size=100), *drawn(7, 90, top=150, size=100)])) == 1


points = st.tuples(st.floats(0, 280), st.floats(0, 280))


@given(st.lists(st.lists(points, min_size=1, max_size=5), max_size=5), st.randoms())
def test_groups_hold_every_stroke_once_whatever_their_order(lines, random):
    strokes = [pen(*line) for line in lines]
    found = groups(strokes)
    assert sorted(map(id, strokes)) == sorted(id(stroke) for group in found for stroke in group)
    shuffled = random.sample(strokes, len(strokes))
    assert [set(map(id, group)) for group in groups(shuffled)] == [
        set(map(id, group)) for group in found
    ]


def bar(left: float, top: float, bottom: float, width: float = 16.0) -> Stroke:
    """An upright line whose ink begins at `left` and reaches from `top` to `bottom`."""
    x = left + width / 2
    return pen((x, top + width / 2), (x, bottom - width / 2), width=width)


@pytest.mark.parametrize("gap, count", [(0.0, 1), (8.0, 1), (8.5, 2)])
def test_small_strokes_are_apart_where_their_middles_are_one_and_a_half_widths_apart(gap, count):
    assert len(groups([bar(20, 50, 100), bar(36 + gap, 50, 100)])) == count


@pytest.mark.parametrize("gap, count", [(14.0, 1), (14.5, 2)])
def test_tall_strokes_are_apart_where_their_middles_are_an_eighth_of_their_height_apart(gap, count):
    """0.12 of 250 units, between middles that are 16 units nearer than the ink is apart."""
    assert len(groups([bar(20, 0, 250), bar(36 + gap, 0, 250)])) == count


@pytest.mark.parametrize("height, count", [(89.5, 1), (90.5, 2)])
def test_a_stroke_is_a_part_of_a_digit_below_nine_twentieths_of_its_height_with_its_ink(
    height, count
):
    for strokes in (
        [bar(20, 40, 240), bar(120, 40, 40 + height)],
        [bar(20, 40, 40 + height), bar(120, 40, 240)],
    ):
        assert len(groups(strokes)) == count


def test_the_gap_between_two_digits_is_of_ink_not_of_middles():
    touching = [bar(20, 0, 100, 40), bar(59, 0, 100, 40)]
    assert len(groups(touching)) == 1


def test_a_long_slant_between_few_corners_is_near_to_what_it_passes():
    slant = pen((20, 20), (100, 260))
    assert len(groups([slant, pen((120, 140), (200, 60), (200, 260))])) == 2
    assert len(groups([slant, pen((117, 250), (200, 60), (200, 260))])) == 1
