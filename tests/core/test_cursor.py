"""The pen that keys move."""

import pytest

from py_frontend.core.cursor import SMALL_STEP, STEP, Cursor
from py_frontend.core.placement import Placement

AREA = 0.0, 0.0, 280.0, 280.0


@pytest.mark.parametrize(
    "held, way",
    [
        (["ArrowLeft"], (-1, 0)),
        (["ArrowDown"], (0, 1)),
        (["ArrowUp", "ArrowRight"], (1, -1)),
        (["ArrowLeft", "ArrowRight"], (0, 0)),
    ],
)
def test_arrow_keys_move_it_by_one_step_also_several_at_a_time(held, way):
    for is_small, step in ((False, STEP), (True, SMALL_STEP)):
        moved = Cursor().moved(held, is_small, AREA)
        assert moved.point == (140 + way[0] * step, 140 + way[1] * step)


def test_it_stays_on_the_pad_and_down():
    corner = Cursor((5, 275), is_down=True).moved(["ArrowLeft", "ArrowDown"], False, AREA)
    assert corner == Cursor((0, 280), is_down=True)


def test_it_says_what_is_down_where():
    cursor = Cursor((28.0, 70.0))
    assert cursor.words("pen", AREA) == "Pen up at the top left, 10% across, 25% down the pad"
    assert cursor.words("pen", (8.0, 50.0, 208.0, 90.0)).endswith("10% across, 50% down the pad")
    down = Cursor((140.0, 140.0), is_down=True)
    assert down.words("eraser", AREA) == "Eraser down in the middle, 50% across, 50% down the pad"


def test_a_point_is_found_again_on_the_screen():
    placement = Placement(10, 20, 560, 600, x_scale=2, y_scale=0.5)
    assert placement.to_client(placement.to_units(123, 234)) == pytest.approx((123, 234))
