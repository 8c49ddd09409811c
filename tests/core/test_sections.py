"""Straight cuts through a stroke: how they lie, and what of its length each stands for."""

import pytest

from py_frontend.core.sections import Section, cut
from py_frontend.core.strokes import Stroke


def pen(*points) -> Stroke:
    return Stroke("pen", 16.0, points)


def between_ends(stroke: Stroke) -> list[Section]:
    return [section for section in cut(stroke).sections if not section.is_end]


def test_the_sections_of_a_line_stand_for_its_length_those_at_its_ends_for_half_a_step():
    first, *others, last = [section.step for section in between_ends(pen((20, 30), (100, 90)))]
    assert first + sum(others) + last == pytest.approx(100)
    assert others == pytest.approx([2 * first] * len(others)) and last == first


def test_a_line_shorter_than_a_step_has_a_section_at_either_end():
    assert [section.step for section in between_ends(pen((0, 0), (1, 0)))] == [0.5, 0.5]


def test_a_dot_is_cut_from_one_side_to_the_other():
    places = [section.left[0] for section in cut(pen((50, 60))).sections]
    assert places == sorted(places) and len(set(places)) == len(places) > 2


@pytest.mark.parametrize(
    "middle, end, corners",
    [
        ((100, 0), (200, 40), 0),
        ((0, 100), (40, 200), 0),
        ((-100, 0), (-200, -40), 0),
        ((0, -100), (-40, -200), 0),
        ((60, 80), (90, 180), 0),
        ((100, 0), (100, 100), 1),
        ((0, 100), (100, 100), 1),
        ((100, 0), (10, 20), 1),
        ((60, 80), (140, 20), 1),
    ],
)
def test_a_corner_is_where_a_line_turns_sharply_whichever_way_it_goes(middle, end, corners):
    assert len(cut(pen((0, 0), middle, end)).corners) == corners
