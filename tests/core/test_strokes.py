"""Strokes, their history, simplification and capsules."""

from itertools import pairwise
from math import dist, inf, isfinite, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.capsule import Capsule, box_of, boxes_meet
from py_frontend.core.drawing import Drawing
from py_frontend.core.simplification import simplified, spaced
from py_frontend.core.strokes import MAX_COORDINATE, Stroke, StrokeError, usable_points

# To a millionth of a unit: nearer than that, on which side of an edge a point lies is rounding.
coordinates = st.one_of(
    st.floats(-300, 300).map(lambda value: round(value, 6)), st.integers(-20, 20).map(float)
)
points = st.tuples(coordinates, coordinates)


def pen(*points, width=16.0):
    return Stroke("pen", width, points)


def eraser(*points, width=40.0):
    return Stroke("eraser", width, points)


def distance(point, a, b) -> float:
    """From a point to the segment from a to b."""
    length_squared = dist(a, b) ** 2
    t = (
        0
        if not length_squared
        else max(
            0,
            min(
                1,
                sum((p - s) * (e - s) for p, s, e in zip(point, a, b, strict=True))
                / length_squared,
            ),
        )
    )
    return dist(point, (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))


def distance_to_line(point, line) -> float:
    return min(distance(point, a, b) for a, b in (list(pairwise(line)) or [(line[0], line[0])]))


@pytest.mark.parametrize(
    "tool, width, points",
    [
        ("brush", 16, ((1, 1),)),
        ("pen", 0, ((1, 1),)),
        ("pen", nan, ((1, 1),)),
        ("pen", inf, ((1, 1),)),
        ("pen", 16, ()),
        ("pen", 16, ((1, nan),)),
        ("pen", 16, ((1, inf), (1, -inf))),
        ("pen", 16, ((1, 2 * MAX_COORDINATE),)),
        ("pen", 16, ((-2 * MAX_COORDINATE, 1),)),
    ],
)
def test_a_stroke_that_no_pen_could_have_drawn_is_refused(tool, width, points):
    with pytest.raises(StrokeError):
        Stroke(tool, width, points)


@given(st.lists(points, min_size=1), st.lists(points))
def test_a_longer_stroke_is_the_same_as_one_drawn_at_once(begun, added):
    assert pen(*begun).extended(added) == pen(*begun, *added)


@pytest.mark.parametrize("point", [(1, nan), (inf, -inf), (2 * MAX_COORDINATE, 1)])
def test_a_stroke_is_not_extended_by_what_no_pen_could_have_drawn(point):
    stroke = pen((1, 1))
    with pytest.raises(StrokeError):
        stroke.extended([(2, 2), point])
    assert stroke == pen((1, 1))


def test_only_the_new_points_of_a_longer_stroke_are_checked():
    """A pen that draws a long line adds points at every event."""

    class Old(tuple):
        def __iter__(self):
            raise AssertionError("an old point was looked at again")

    stroke = pen((1, 1), (2, 2))
    vars(stroke)["points"] = tuple(map(Old, stroke.points))
    assert len(stroke.extended([(3, 3), (4, 4)]).points) == 4


@given(st.lists(st.tuples(st.floats(), st.floats()), min_size=1))
def test_points_from_outside_become_usable(raw):
    usable = usable_points(raw)
    assert len(usable) == sum(isfinite(x) and isfinite(y) for x, y in raw)
    if usable:
        Stroke("pen", 16, tuple(usable))


@pytest.mark.parametrize(
    "tool, width, points, told",
    [
        ("brush", 16, ((1, 1),), "'brush' is no tool (tools: pen, eraser)"),
        ("pen", -1, ((1, 1),), "a stroke cannot be -1 units wide"),
        ("pen", 16, (), "a stroke needs at least one point"),
        ("pen", 16, ((1, nan),), "a stroke's coordinates must be numbers within ±1000000"),
    ],
)
def test_what_is_wrong_with_a_stroke_is_told(tool, width, points, told):
    with pytest.raises(StrokeError) as raised:
        Stroke(tool, width, points)
    assert str(raised.value) == told


def test_a_stroke_may_reach_the_largest_coordinate_and_be_as_wide_or_hair_thin():
    corners = ((MAX_COORDINATE, -MAX_COORDINATE), (-MAX_COORDINATE, MAX_COORDINATE))
    assert Stroke("eraser", MAX_COORDINATE, corners).points == corners
    assert Stroke("pen", 1e-9, corners).width == 1e-9
    with pytest.raises(StrokeError):
        Stroke("pen", MAX_COORDINATE + 1, corners)


def test_of_points_from_outside_numbers_stay_and_only_far_ones_move():
    raw = [(1, 2), (nan, 3), (4, inf), (2e6, -3e6), (-2e6, 3e6)]
    usable = usable_points(raw)
    assert usable == [(1.0, 2.0), (1e6, -1e6), (-1e6, 1e6)]
    assert {type(value) for point in usable for value in point} == {float}


def test_undo_and_redo_walk_through_everything_that_was_done():
    drawing, a, b = Drawing(), pen((1, 1)), pen((2, 2))
    drawing.add(a)
    drawing.add(b)
    drawing.clear()
    seen = [drawing.strokes]
    for step in (
        drawing.undo,
        drawing.undo,
        drawing.undo,
        drawing.undo,
        drawing.redo,
        drawing.redo,
        drawing.redo,
        drawing.redo,
    ):
        step()
        seen.append(drawing.strokes)
    assert seen == [(), (a, b), (a,), (), (), (a,), (a, b), (), ()]


def test_drawing_after_undo_forgets_what_was_undone():
    drawing = Drawing()
    for stroke in (pen((1, 1)), pen((2, 2))):
        drawing.add(stroke)
    drawing.undo()
    drawing.add(pen((3, 3)))
    assert not drawing.can_redo
    drawing.redo()
    assert drawing.strokes == (pen((1, 1)), pen((3, 3)))


def test_clearing_an_empty_canvas_is_nothing_to_undo():
    drawing = Drawing()
    drawing.clear()
    assert not drawing.can_undo


def test_strokes_that_are_loaded_take_the_place_of_all_and_can_be_taken_back():
    drawing, a, b, c = Drawing(), pen((1, 1)), pen((2, 2)), pen((3, 3))
    drawing.add(a)
    drawing.replace((b, c))
    assert drawing.strokes == (b, c)
    drawing.replace((b, c))
    drawing.undo()
    assert drawing.strokes == (a,)
    drawing.redo()
    assert drawing.strokes == (b, c) and not drawing.can_redo


@given(st.lists(points, min_size=1, max_size=60), st.floats(0.01, 20))
def test_simplification_keeps_ends_and_stays_near_every_point(line, tolerance):
    kept = simplified(line, tolerance)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    assert set(kept) <= set(line)
    assert all(distance_to_line(point, kept) <= 2.5 * tolerance for point in line)


def test_simplification_leaves_few_points_of_a_slow_line():
    assert len(simplified([(i / 10, 0.0) for i in range(2000)], 0.1)) <= 3


def test_simplification_keeps_the_end_once():
    assert simplified([(0, 0), (10, 0)], 0.1) == [(0, 0), (10, 0)]


def test_a_line_may_leave_by_just_the_tolerance_and_come_back():
    """Regression: it divided by the distance from where it began."""
    assert simplified([(0, 0), (0.8, 0), (0, 0)], 0.8) == [(0, 0)]


@pytest.mark.parametrize("line", [[(0, 0), (100, 0), (0, 0)], [(0, 0), (100, 0), (20, 0.05)]])
def test_simplification_keeps_the_tip_of_a_line_that_turns_back(line):
    assert line[1] in simplified(line, 0.1)


@given(points, points, points, points, st.floats(0.5, 100))
def test_a_capsule_covers_exactly_the_part_of_a_segment_that_is_near_its_own(
    start, end, a, b, radius
):
    low, high = Capsule(start, end, radius).covered(a, b)
    for t in [i / 50 for i in range(51)]:
        at = distance((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])), start, end)
        if abs(at - radius) > 1e-6 * (1 + radius):
            assert (low <= t <= high) == (at < radius)


@given(points, points, points, points, st.floats(0.5, 100))
def test_bounding_boxes_never_hide_a_capsule_that_covers_something(start, end, a, b, radius):
    capsule = Capsule(start, end, radius)
    low, high = capsule.covered(a, b)
    assert boxes_meet(box_of((a, b)), capsule.box) or low >= high


def test_points_are_thinned_by_their_distance_from_the_one_kept_before():
    points = [(10, 10), (11, 10), (13, 14), (15, 14), (30, 14), (31, 14), (32, 14)]
    assert spaced(points, 5) == [(10, 10), (13, 14), (30, 14), (32, 14)]
    assert spaced([(-10, -10), (-9, -10), (-9, -9)], 5) == [(-10, -10), (-9, -9)]
