"""The latency benchmark counts what it should."""

from itertools import pairwise
from math import dist

import pytest

from tests.latency.lines import resampled, scribble
from tests.latency.table import frame_of, latency_table, showing

FRAMES = [10.0, 26.0, 42.0]


@pytest.mark.parametrize(
    "dispatched, frame", [(9.0, 10.0), (10.0, 10.0), (11.0, 26.0), (50.0, float("inf"))]
)
def test_an_event_is_handed_over_in_the_next_frame(dispatched, frame):
    assert frame_of(dispatched, FRAMES) == frame


def test_an_event_is_shown_by_the_first_prediction_that_began_after_its_frame():
    """A prediction that began after the event, but before the frame that handed it over, does not
    hold it."""
    totals = [(10.1, 12.0), (24.0, 1.0), (26.2, 3.0)]
    assert showing(9.0, FRAMES, totals) == (10.1, 12.0)
    assert showing(12.0, FRAMES, totals) == (26.2, 3.0)
    assert showing(41.0, FRAMES, totals) is None


def test_the_table_tells_latency_from_the_time_of_the_event_itself():
    record = {
        "sent": 1,
        "events": [[4.0, 9.0]],
        "handled": [[9.0, 0.5]],
        "frames": FRAMES,
        "measures": [
            ["predict:image", 10.2, 1.0],
            ["predict:inference", 11.2, 2.0],
            ["predict:view", 13.2, 1.5],
            ["predict:total", 10.2, 4.8],
        ],
    }
    cells = latency_table({"mlp on wasm": record}).splitlines()[1].split("  ")
    assert [cell for cell in map(str.strip, cells) if cell] == [
        "mlp on wasm",
        "1",
        "1",
        "1",
        "11.0 / 11.0",
        "6.0 / 6.0",
        "0.5 / 0.5",
        "0.2 / 0.2",
        "1.0 / 1.0",
        "2.0 / 2.0",
        "1.5 / 1.5",
        "3.5 / 3.5",
    ]


def test_a_line_is_resampled_at_equal_distances():
    points = resampled([(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)], 21)
    assert len(points) == 21 and (points[0], points[-1]) == ((0.0, 0.0), (1.0, 1.0))
    assert [dist(a, b) for a, b in pairwise(points)] == pytest.approx([0.1] * 20)


def test_a_scribble_stays_on_the_canvas_and_never_repeats():
    points = scribble(2000)
    assert len(set(points)) == 2000 and all(0 <= value <= 1 for point in points for value in point)
