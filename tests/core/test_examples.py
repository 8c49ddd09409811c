"""How the examples are drawn; tests/export/test_examples.py holds what the models make of them."""

from importlib.util import module_from_spec
from itertools import pairwise
from math import atan2, dist, tau

import pytest

from py_frontend.core import examples
from py_frontend.core.placement import CANVAS_UNITS
from py_frontend.core.strokes import Stroke


@pytest.fixture
def drawn() -> dict[str, tuple[Stroke, ...]]:
    """The examples by name, drawn anew."""
    anew = module_from_spec(examples.__spec__)
    examples.__spec__.loader.exec_module(anew)
    return {example.name: example.strokes for example in anew.DIGITS + anew.HARD}


def in_parts(stroke: Stroke) -> list[tuple[float, float]]:
    """Its points in 0..1 of the canvas."""
    return [(x / CANVAS_UNITS, y / CANVAS_UNITS) for x, y in stroke.points]


def test_every_example_is_drawn_with_one_pen_of_the_width_that_the_page_begins_with(drawn):
    strokes = [stroke for each in drawn.values() for stroke in each]
    assert {(stroke.tool, stroke.width) for stroke in strokes} == {("pen", 16.0)}


def test_straight_lines_go_through_the_corners_that_they_were_given(drawn):
    corners = [(0.52, 0.2), (0.5, 0.5), (0.48, 0.8)]
    assert in_parts(drawn["1"][0]) == list(map(pytest.approx, corners))
    assert [len(stroke.points) for stroke in drawn["4"]] == [3, 2]


def test_a_zero_is_an_ellipse_drawn_once_around_from_its_top_clockwise_on_the_screen(drawn):
    [ring] = drawn["0"]
    points = [((x - 0.5) / 0.17, (y - 0.5) / 0.3) for x, y in in_parts(ring)]
    assert len(points) == 36
    assert all(dist(point, (0, 0)) == pytest.approx(1) for point in points)
    assert points[0] == pytest.approx((0, -1))
    angles = [atan2(y, x) for x, y in points]
    turns = [(b - a) % tau / tau for a, b in pairwise(angles)]
    assert turns == pytest.approx([1.02 / 35] * 35)


def test_an_arc_without_a_number_of_points_has_24_from_its_start_to_its_end(drawn):
    *arc, corner, end = in_parts(drawn["9"][0])
    assert len(arc) == 24
    assert arc[0] == pytest.approx((0.49 + 0.14, 0.36))
    assert arc[6] == pytest.approx((0.49 - 0.14 * 0.0682424, 0.36 - 0.15 * 0.9976688))
    assert arc[-1] == pytest.approx(arc[0])
    assert (corner, end) == (pytest.approx((0.62, 0.5)), pytest.approx((0.58, 0.8)))
