"""What can be seen of a drawing, by geometry, beside a painter that knows nothing of it."""

from dataclasses import replace
from itertools import pairwise
from math import ceil, dist

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image, ImageDraw

from py_frontend.core.erasing import remaining, seen
from py_frontend.core.image import SIDE_PX, mnist_image, steps
from py_frontend.core.ribbon import TAPER
from py_frontend.core.sections import SECTIONS_PER_WIDTH
from py_frontend.core.strokes import Stroke
from tests.support.glyphs import GLYPHS

PAD = (0.0, 0.0, 280.0, 280.0)
STEP = 16.0 / SECTIONS_PER_WIDTH
SCALE = 4  # pixels of the painter for each canvas unit
BLUR = 1.5  # units: what the painter's pixels and the steps of the geometry may differ by
BROAD = ceil(TAPER * 16 + BLUR)  # units: a pen's ink that no taper is as broad as

on_pad = st.tuples(st.floats(0, 280), st.floats(0, 280))
around_pad = st.tuples(st.floats(-60, 340), st.floats(-60, 340))


def pen(*points, width=16.0):
    return Stroke("pen", width, points)


def eraser(*points, width=40.0):
    return Stroke("eraser", width, points)


def segments(points):
    return list(pairwise(points)) or [(points[0], points[0])]


def distance(point, points) -> float:
    """From a point to a polyline."""

    def to(a, b):
        squared = dist(a, b) ** 2
        t = sum((p - s) * (e - s) for p, s, e in zip(point, a, b)) / squared if squared else 0
        t = max(0, min(1, t))
        return dist(point, (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))

    return min(to(a, b) for a, b in segments(points))


def painted(strokes) -> np.ndarray:
    """The pad as its canvas shows it, in pixels: True where there is ink."""
    side = int(280 * SCALE)
    image = Image.new("1", (side, side))
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        fill, radius = int(stroke.tool == "pen"), stroke.width / 2 * SCALE
        for a, b in segments([(x * SCALE, y * SCALE) for x, y in stroke.points]):
            length = dist(a, b) or 1
            nx, ny = (a[1] - b[1]) / length * radius, (b[0] - a[0]) / length * radius
            corners = [(x + s * nx, y + s * ny) for (x, y), s in ((a, 1), (b, 1), (b, -1), (a, -1))]
            draw.polygon(corners, fill=fill)
            for x, y in (a, b):
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
    return np.array(image)


def is_near_ink(point, ink: np.ndarray, within: float) -> bool:
    """Whether the middle of a pixel with ink lies less than `within` units from a point."""
    first = [max(0, int((at - within) * SCALE)) for at in point]
    columns, rows = (slice(a, int((at + within) * SCALE) + 1) for a, at in zip(first, point))
    places = (np.argwhere(ink[rows, columns])[:, ::-1] + first + 0.5) / SCALE
    return bool((np.hypot(*(places - point).T) < within).any())


@pytest.mark.parametrize(
    ("aside", "shown"), [(11.5, 0), (14, 2), (16, 4), (19, 7), (20, 8), (24, 12), (27, 15)]
)
def test_a_line_that_an_eraser_grazes_is_read_where_it_is_still_seen(aside, shown):
    """Regression: up to 43 % of a line was left to see and read as nothing."""
    line, rubber = pen((100, 40), (100, 240)), eraser((100 + aside, 0), (100 + aside, 280))
    pieces = remaining([line, rubber])
    assert len(pieces) == (1 if shown else 0)
    for piece in pieces:
        assert piece.width == pytest.approx(shown)
        for (x, y), end in zip(piece.points, (40, 240), strict=True):
            assert (x, y) == (pytest.approx(92 + shown / 2), pytest.approx(end))


def test_a_strip_that_is_left_of_a_line_is_read_as_a_line():
    line, rubber = pen((100, 40), (100, 240)), eraser((118, 0), (118, 280))
    assert mnist_image([line, rubber]) == pytest.approx(mnist_image([line]), abs=0.02)


def test_two_erasers_that_meet_within_a_line_leave_nothing_of_it():
    """Neither covers its middle, and each by itself leaves a strip that the other takes away."""
    left, right = eraser((78, 0), (78, 280)), eraser((119, 0), (119, 280))
    line = pen((100, 40), (100, 240))
    assert [piece.width for piece in remaining([line, left])] == [pytest.approx(10)]
    assert [piece.width for piece in remaining([line, left, right])] == [pytest.approx(1)]
    assert remaining([line, left, eraser((117, 0), (117, 280))]) == ()


def test_the_round_end_of_a_line_is_seen_when_the_rest_is_erased():
    line = pen((100, 100), (200, 100))
    [tip] = remaining([line, eraser((119, 100), (220, 100))])
    assert tip.points == (pytest.approx((96, 100), abs=1),)
    assert mnist_image([line, eraser((119, 100), (220, 100))]) is not None
    assert remaining([line, eraser((112, 100), (220, 100))]) == ()


def test_the_corner_of_a_seven_is_seen_when_both_its_lines_are_erased():
    seven = pen((80, 60), (180, 60), (110, 220))
    strokes = [seven, eraser((60, 78), (160, 78), (100, 230)), eraser((60, 60), (140, 60))]
    found = remaining(strokes)
    ink = painted(strokes)
    assert ink.sum() > 20 * SCALE**2
    assert any(is_near_ink(point, ink, within=2) for piece in found for point in piece.points)


def test_an_eraser_narrower_than_the_pen_leaves_a_strip_on_either_side():
    found = remaining(
        [pen((100, 40), (100, 240), width=40), eraser((100, 0), (100, 280), width=16)]
    )
    assert sorted(piece.points[0][0] for piece in found) == pytest.approx([86, 114])
    assert [piece.width for piece in found] == pytest.approx([12, 12])


def test_an_eraser_across_a_line_cuts_it_in_two():
    left, right = remaining([pen((0, 100), (200, 100)), eraser((100, 0), (100, 200))])
    assert left.points == ((0, 100), (pytest.approx(80, abs=STEP), 100))
    assert right.points == ((pytest.approx(120, abs=STEP), 100), (200, 100))
    assert left.width == right.width == 16


@pytest.mark.parametrize(
    "strokes, left",
    [
        ([pen((50, 50))], [pen((50, 50))]),
        ([pen((50, 50)), eraser((60, 50))], []),
        ([pen((50, 50)), eraser((80, 50))], [pen((50, 50))]),
        ([eraser((50, 50)), pen((50, 50))], [pen((50, 50))]),
        ([pen((0, 0), (200, 0)), eraser((-30, 0), (230, 0))], []),
        ([pen((0, 0), (200, 0)), eraser((0, 90), (200, 90))], [pen((0, 0), (200, 0))]),
        ([pen((0, 0), (200, 0)), eraser((200, 0))], [pen((0, 0), (180, 0))]),
        ([pen((0, 0), (200, 0)), eraser((0, 0))], [pen((20, 0), (200, 0))]),
        (
            [pen((0, 0), (100, 0), (100, 100)), eraser((100, 0))],
            [pen((0, 0), (80, 0)), pen((100, 20), (100, 100))],
        ),
        ([pen((0, 0), (100, 0)), eraser((98, 0), (12, 0))], []),
    ],
    ids=str,
)
def test_what_an_eraser_leaves(strokes, left):
    found = remaining(strokes)
    assert len(found) == len(left)
    for piece, expected in zip(found, left, strict=True):
        for end in (0, -1):
            assert dist(piece.points[end], expected.points[end]) < 4
        for point in piece.points:
            assert distance(point, expected.points) < 4


@given(
    st.lists(on_pad, min_size=1, max_size=6),
    st.lists(st.lists(around_pad, min_size=1, max_size=5), min_size=1, max_size=3),
)
@example([(0, 0), (3, 0)], [[(18, 89), (20.125, 2)]])  # a hair of ink, just where it is looked at
def test_there_is_something_to_read_just_where_there_is_something_to_see(line, rubbed):
    """A stroke is looked at in steps: of what an eraser leaves less is not known."""
    drawn, erasers = pen(*line), [eraser(*path) for path in rubbed]
    pieces = remaining([drawn, *erasers], PAD)
    ink = painted([drawn, *(replace(each, width=each.width - STEP) for each in erasers)])
    if pieces:
        assert ink.any()
    for piece in pieces:
        for point in piece.points:
            assert is_near_ink(point, ink, within=piece.width / 2 + BLUR)
    if painted([drawn, *erasers]).sum() > 25 * SCALE**2:
        assert pieces


@settings(max_examples=15)
@given(
    st.lists(around_pad, min_size=2, max_size=6),
    st.lists(around_pad, min_size=2, max_size=5),
)
@example([(-5.125, 147), (0, 0.5), (7, 8)], [(0, 162), (49, 102)])  # narrow for long, then broad
def test_no_broad_ink_is_left_unread(line, path):
    """Of what the canvas shows, all places broader than the tapered ends of pieces lie near a line
    that is read."""
    strokes = [pen(*line), eraser(*path)]
    ink = painted(strokes)
    pieces = remaining(strokes, PAD)
    high = sliding_window_view(ink[:: SCALE // 2, :: SCALE // 2], 2 * BROAD, axis=0).all(2)
    broad = np.argwhere(sliding_window_view(high, 2 * BROAD, axis=1).all(2))[::7, ::-1] / 2
    broad += BROAD / 2
    assert all(min(distance(point, piece.points) for piece in pieces) < 9 + BLUR for point in broad)


def test_ink_beyond_the_pad_is_no_ink():
    """Regression: it was read after all that could be seen of it had been erased."""
    seven = pen((60, 60), (330, 60), (330, 200))
    inside = eraser((50, 60), (300, 60))
    assert mnist_image([seven], PAD) == pytest.approx(
        mnist_image([pen((60, 60), (280, 60))], PAD), abs=0.1
    )
    assert mnist_image([seven, inside], PAD) is None
    assert mnist_image([seven, inside]) is not None
    assert remaining([pen((290, 10), (290, 270))], PAD) == ()


def test_a_line_along_the_rim_is_read_as_far_as_it_is_seen():
    [piece] = remaining([pen((-4, 50), (-4, 200))], PAD)
    assert piece.width == pytest.approx(4) and piece.points[0] == pytest.approx((2, 50))
    [piece] = remaining([pen((-4, 50), (-4, 200)), eraser((23, 0), (23, 280))], PAD)
    assert piece.width == pytest.approx(3) and piece.points[0] == pytest.approx((1.5, 50))
    assert remaining([pen((-4, 50), (-4, 200)), eraser((19, 0), (19, 280))], PAD) == ()


def test_a_stroke_that_leaves_the_pad_and_comes_back_is_two_lines():
    pieces = remaining([pen((200, 50), (330, 50), (330, 150), (200, 150))], PAD)
    assert len(pieces) == 2 and all(x <= 281 for piece in pieces for x, _ in piece.points)


def test_a_pad_that_becomes_larger_shows_more():
    line = pen((200, 50), (330, 50))
    [narrow], [wide] = remaining([line], PAD), remaining([line], (0.0, 0.0, 400.0, 280.0))
    assert narrow.points[-1][0] < 281 and wide == line


def test_slivers_beside_a_digit_do_not_make_it_smaller():
    digit = [pen(*((80 + 120 * x, 60 + 160 * y) for x, y in line)) for line in GLYPHS[3]]
    edge = [pen((20, 20), (20, 260)), eraser((33.5, 0), (33.5, 280))]
    assert any(piece.share < 0.15 for piece in seen([*edge, *digit]))
    assert mnist_image([*edge, *digit]) == pytest.approx(mnist_image(digit), abs=0.11)


def test_a_sliver_is_read_where_it_is_all_there_is():
    strokes = [pen((100, 40), (100, 240)), eraser((113.5, 0), (113.5, 280))]
    assert [piece.share for piece in seen(strokes)] == [pytest.approx(1.5 / 16)]
    ink = np.array(mnist_image(strokes)).reshape(SIDE_PX, SIDE_PX)
    assert (ink.max(1) > 0.9).sum() >= 18


def test_widths_of_the_pen_go_with_the_lines():
    strokes = [pen((50, 50), (50, 200)), pen((200, 50), (200, 200)), eraser((220, 0), (220, 280))]
    made = steps(strokes)
    assert len(made.widths) == len(made.boxed) == len(made.placed) == len(made.pen) == 2
    assert made.widths == pytest.approx((2.5, 1.25))


def test_an_eraser_may_come_after_thousands_of_dots():
    """Regression: one call within another for each stroke, which in the browser ended Python for
    good."""
    dots = [pen((x, y)) for x in range(0, 280, 4) for y in range(0, 280, 4)]
    assert len(dots) == 4900
    found = remaining([*dots, eraser((140, 0), (140, 280))])
    whole = set(map(id, dots))
    assert {abs(dot.points[0][0] - 140) for dot in found if id(dot) in whole} == set(
        range(28, 141, 4)
    )
    assert all(abs(dot.points[0][0] - 140) > 20 for dot in found)


@settings(max_examples=40)
@given(st.lists(st.lists(st.tuples(st.booleans(), around_pad, around_pad), max_size=8), max_size=6))
def test_what_is_remembered_of_one_drawing_never_shows_in_another(drawings):
    """As drawings come: each begins with the same stroke objects as the one before, up to where it
    is another."""
    drawn: list[Stroke] = []
    for changes in drawings:
        drawn = drawn[: len(changes)] + [
            eraser(a, b) if erases else pen(a, b) for erases, a, b in changes
        ]
        anew = [replace(stroke) for stroke in drawn]
        area = PAD if len(changes) % 2 else None
        assert remaining(drawn, area) == remaining(anew, area)


def test_an_eraser_of_another_width_on_the_same_way_is_another_one():
    """As when its stroke is taken back and begun again at the same place."""
    line, points = pen((20, 100), (260, 100)), ((100, 90), (104, 110))
    remaining([line, eraser(*points, width=30)])
    found = remaining([line, eraser(*points, (104, 130), width=60)])
    assert found == remaining([replace(line), eraser(*points, (104, 130), width=60)])


@pytest.mark.parametrize("line", [((9, 20), (200, 90)), ((40, 90), (30, 271)), ((40, 9), (9, 90))])
def test_a_stroke_that_reaches_beyond_one_side_of_its_area_is_cut_there(line):
    area = (10.0, 10.0, 270.0, 270.0)
    for points in (line, [(280 - x, 280 - y) for x, y in line]):
        [left] = seen([pen(*points, width=2.0)], area)
        assert left.share < 1


def test_a_stroke_that_the_eraser_misses_stays_the_same_object():
    stroke = pen(*((i / 7, i / 9) for i in range(99)))
    [left] = remaining([stroke, eraser((200, 200), (250, 250))])
    assert left is stroke


@settings(max_examples=30)
@given(
    st.lists(on_pad, min_size=2, max_size=5),
    st.lists(around_pad, min_size=2, max_size=12),
    st.integers(0, 3),
)
def test_while_an_eraser_moves_the_same_is_seen_as_when_all_of_its_way_is_known(line, path, back):
    """While it grows, only the last part of its way is gone over; undo takes it back."""
    stroke = pen(*line)
    for count in [*range(1, len(path) + 1), *range(len(path), max(0, len(path) - back), -1)]:
        grown = remaining([stroke, eraser(*path[:count])])
        assert grown == remaining([replace(stroke), eraser(*path[:count])])
        remaining([stroke, eraser(*path[:count])])
