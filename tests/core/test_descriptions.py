"""What the panels say of their pictures."""

from array import array
from dataclasses import replace
from math import isqrt

import pytest

from py_frontend.core.descriptions import (
    describe_boxed,
    describe_centred,
    describe_curves,
    describe_drawn,
    describe_erased,
    describe_heat,
    describe_ink,
    describe_map,
    describe_penned,
    describe_weights,
)
from py_frontend.core.image import PIXELS, SIDE_PX, steps
from py_frontend.core.occlusion import Curves, Heat
from py_frontend.core.strokes import Stroke

BAR = Stroke("pen", 16.0, ((80.0, 70.0), (200.0, 70.0)))
STEM = Stroke("pen", 16.0, ((200.0, 70.0), (130.0, 220.0)))
RUBBED = Stroke("eraser", 40.0, ((165.0, 100.0), (165.0, 180.0)))


def pen(*points) -> Stroke:
    return Stroke("pen", 16.0, points)


def image(**values: float) -> array:
    """Values of pixels such as x3y4; all others are zero."""
    made = array("f", bytes(4 * PIXELS))
    for name, value in values.items():
        x, y = map(int, name.removeprefix("x").split("y"))
        made[y * SIDE_PX + x] = value
    return made


def test_ink_is_said_by_the_rows_and_columns_that_it_is_in():
    ink = image(x8y3=1.0, x20y22=0.6, x25y26=0.4)
    assert describe_ink(ink) == "28 by 28 image, ink in rows 4 to 23 and columns 9 to 21"


def test_faint_ink_is_ink_and_none_is_none():
    assert "rows 8 to 8" in describe_ink(image(x5y7=0.1))
    assert describe_ink(bytes(PIXELS)) == "28 by 28 image, no ink"


def test_each_step_is_said_by_what_it_changes():
    strokes = [BAR, STEM, RUBBED]
    made = steps(strokes)
    assert describe_drawn([BAR]) == "1 stroke"
    assert describe_drawn(strokes) == "2 strokes of the pen and 1 of the eraser"
    assert describe_erased(steps([BAR, STEM])) == "2 strokes left"
    assert describe_erased(made) == f"{len(made.pen)} strokes left" != "2 strokes left"
    assert describe_boxed(steps([BAR, STEM])) == "lines 14 pixels wide and 18 high"
    assert describe_penned(steps([BAR, STEM])) == "2 lines, up to 2.5 pixels thick"


def test_centring_is_said_by_its_way_on_each_side():
    made = steps([BAR, STEM])
    (x, y), (to_x, to_y) = made.boxed[0][0], made.placed[0][0]
    assert to_x < x and to_y > y
    assert describe_centred(made) == (
        f"moved {x - to_x:.1f} pixels left and {to_y - y:.1f} pixels down"
    )


def test_heat_is_said_by_where_it_speaks_most_for_the_digit_and_against_it():
    ink = image(x0y0=1.0, x20y0=1.0, x20y20=1.0, x10y10=1.0)
    heat = Heat(7, image(x0y0=3.0, x20y0=2.0, x20y20=-1.0, x10y10=-0.5, x27y27=-9.0))
    assert describe_heat(heat, ink) == (
        "Heat map for a 7: ink at the top left speaks most for it, "
        "ink at the bottom right most against it"
    )
    assert "in the middle" in describe_heat(Heat(7, image(x10y10=1.0)), ink)


def test_what_lies_still_is_not_moved_and_what_moves_little_is():
    flipped = [
        Stroke("pen", 16.0, tuple((280 - x, 280 - y) for x, y in stroke.points))
        for stroke in (BAR, STEM)
    ]
    assert describe_centred(steps(flipped)) == "moved 1.8 pixels right and 2.9 pixels up"
    upright = pen((100, 80), (100, 200))
    assert describe_centred(steps([upright, pen((130, 80), (130, 190))])) == (
        "moved 0.6 pixels right and 0.8 pixels down"
    )
    assert (made := steps([upright])) is not None
    assert describe_centred(replace(made, placed=made.boxed)) == "not moved"


def test_heat_is_summed_where_it_lies():
    ink = image(x0y0=1.0, x1y0=1.0, x20y0=1.0, x20y20=1.0)
    words = describe_heat(Heat(7, image(x0y0=2.0, x1y0=2.0, x20y0=3.0)), ink)
    assert words == "Heat map for a 7: ink at the top left speaks most for it"


def test_an_image_without_ink_has_no_heat():
    """Regression: the panel with the explanation did not work for a blank picture."""
    assert describe_heat(Heat(3, image()), image()) == "Heat map for a 3: no ink"


def test_heat_on_one_side_only_says_nothing_of_the_other():
    ink = image(x0y0=1.0, x20y20=1.0)
    assert "against" not in describe_heat(Heat(3, image(x0y0=1.0)), ink)
    assert "for it" not in describe_heat(Heat(3, image(x0y0=-1.0)), ink)
    assert describe_heat(Heat(3, image()), ink) == "Heat map for a 3: no ink matters"


def test_curves_are_said_by_their_start_and_their_middle():
    words = describe_curves(Curves((9.0, 5.0, 1.25, 0.0, 0.0), (9.0, 8.0, 6.5, 3.0, 0.0)))
    assert words == (
        "The logit is 9.0. With half of the ink deleted it is 1.2 by importance, in blue, "
        "and 6.5 at random, in grey"
    )


@pytest.mark.parametrize(
    "values, words",
    [
        ([0, 0, 0, 0], "not active"),
        ([-1, -2, 0, 0], "not active"),
        ([1, 0, 0, 5], "most active at the bottom right"),
        ([1, 3, -9, 0], "most active at the top right"),
        ([0, 0.5, 0, 0], "most active at the top right"),
        ([0, 0, 1, 0, *[0] * 12], "most active at the top"),
        ([*[0] * 13, 1, 0, 0], "most active at the bottom"),
    ],
)
def test_a_map_is_said_by_where_it_is_most_active(values, words):
    assert describe_map(values, isqrt(len(values))) == words


def test_weights_are_counted_by_their_sign():
    words = describe_weights([0.5, -0.1, 0.0, 2.0])
    assert words == "2 add, in blue, and 1 take away, in red"
