"""Polylines in the notation of SVG."""

import pytest

from py_frontend.core.paths import svg_path, svg_paths


@pytest.mark.parametrize(
    "points, path",
    [
        ([(1, 2)], "M1.00 2.00h.01"),
        ([(0.125, -3.456), (10, 20.5)], "M0.12 -3.46L10.00 20.50h.01"),
        ([(0, 0), (1, 1), (2, 0)], "M0.00 0.00L1.00 1.00L2.00 0.00h.01"),
    ],
)
def test_a_polyline_moves_to_its_first_point_and_draws_lines_to_the_others(points, path):
    assert svg_path(points) == path


def test_several_polylines_follow_one_another_in_one_path():
    assert svg_paths([[(1, 2)], [(3, 4), (5, 6)]]) == "M1.00 2.00h.01M3.00 4.00L5.00 6.00h.01"
    assert svg_paths([]) == ""
