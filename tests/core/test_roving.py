"""Where arrow keys lead in a group of controls with gaps."""

import pytest

from py_frontend.core.roving import next_place

PLACES = {(0, 1), (0, 4), (2, 2), (2, 9), (3, 0)}


@pytest.mark.parametrize(
    "at, key, there",
    [
        ((0, 1), "ArrowRight", (0, 4)),
        ((0, 4), "ArrowRight", (2, 2)),
        ((3, 0), "ArrowRight", None),
        ((2, 2), "ArrowLeft", (0, 4)),
        ((0, 1), "ArrowLeft", None),
        ((0, 4), "ArrowDown", (2, 2)),
        ((3, 0), "ArrowDown", None),
        ((2, 9), "ArrowUp", (0, 4)),
        ((0, 1), "ArrowUp", None),
        ((2, 2), "Home", (0, 1)),
        ((2, 2), "End", (3, 0)),
        ((2, 2), "Enter", None),
    ],
)
def test_arrow_keys_lead_to_the_nearest_place_on_their_side(at, key, there):
    assert next_place(PLACES, at, key) == there
