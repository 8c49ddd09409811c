"""The 28x28 image: what MNIST's images are, whatever the drawing's size, place, pen and speed."""

import re
from array import array
from dataclasses import replace
from itertools import pairwise
from math import cos, hypot, isfinite, pi, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from export.publish.site_files import ROOT
from py_frontend.core.image import (
    BOX_PX,
    CENTRE_PX,
    EDGE_PX,
    PEN_PX,
    PIXELS,
    SIDE_PX,
    mnist_image,
    steps,
)
from py_frontend.core.rasterize import rasterize
from py_frontend.core.strokes import Stroke, usable_points
from tests.support.glyphs import GLYPHS


def drawn(digit: int, size=200.0, x=40.0, y=40.0, width=16.0, points_per_unit=None) -> list[Stroke]:
    strokes = [[(x + size * px, y + size * py) for px, py in line] for line in GLYPHS[digit]]
    if points_per_unit:
        strokes = [resampled(line, points_per_unit) for line in strokes]
    return [Stroke("pen", width, tuple(line)) for line in strokes]


def resampled(line, points_per_unit):
    """The same line through many more points, as a slow hand gives them."""
    points = [line[0]]
    for (ax, ay), (bx, by) in pairwise(line):
        steps = max(1, int(hypot(bx - ax, by - ay) * points_per_unit))
        points += [
            (ax + (bx - ax) * i / steps, ay + (by - ay) * i / steps) for i in range(1, steps + 1)
        ]
    return points


def image(strokes) -> np.ndarray:
    return np.array(mnist_image(strokes)).reshape(SIDE_PX, SIDE_PX)


def extent(ink: np.ndarray, threshold=0.5) -> tuple[int, int]:
    """Height and width of what is inked."""
    rows, columns = (
        np.flatnonzero((ink > threshold).any(1)),
        np.flatnonzero((ink > threshold).any(0)),
    )
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def centre_of_mass(ink: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(ink.shape)
    return float((ink * rows).sum() / ink.sum()), float((ink * columns).sum() / ink.sum())


def test_it_is_784_floats_of_32_bits():
    ink = mnist_image(drawn(3))
    assert isinstance(ink, array) and ink.typecode == "f" and len(ink) == PIXELS == 784


@pytest.mark.parametrize("digit", GLYPHS)
@pytest.mark.parametrize(
    "way",
    [
        {"size": 48},
        {"size": 279, "x": 0, "y": 0},
        {"size": 60, "x": 215, "y": 218},
        {"width": 6},
        {"width": 30},
        {"points_per_unit": 5},
        {"size": 60, "points_per_unit": 20},
        {"size": 1e-3},
        {"size": 1e5},
    ],
    ids=str,
)
def test_a_digit_gives_the_same_image_however_it_is_drawn(digit, way):
    way = {**way, "width": way.get("width", 16 * min(1, way.get("size", 200) / 48))}
    assert np.abs(image(drawn(digit, **way)) - image(drawn(digit))).max() < 0.25
    assert np.abs(image(drawn(digit, **way)) - image(drawn(digit))).mean() < 0.006


def offered_widths() -> list[float]:
    """Those of the pen, in canvas units, that index.html lets the person choose from."""
    page = (ROOT / "site/index.html").read_text()
    [options] = re.findall(r'<select id="pen-width".*?</select>', page, re.DOTALL)
    return [float(value) for value in re.findall(r'<option value="(\d+)"', options)]


@pytest.mark.parametrize("size", [200, 70])
@pytest.mark.parametrize("digit", GLYPHS)
def test_whichever_pen_the_person_chooses_the_network_gets_the_same_image(digit, size):
    fine, medium, broad = offered_widths()
    assert fine < medium == 16 < broad
    expected = mnist_image(drawn(digit, size=size))
    assert mnist_image(drawn(digit, size=size, width=fine)) == expected
    assert mnist_image(drawn(digit, size=size, width=broad)) == expected


def test_only_a_digit_hardly_larger_than_its_pen_is_enlarged_less():
    """A dot stays a dot, so that a broad pen shows here."""
    fine, _, broad = offered_widths()
    sizes = [max(extent(image(drawn(3, size=20, width=width)))) for width in (fine, broad)]
    assert sizes[0] == pytest.approx(BOX_PX, abs=1) and sizes[1] < BOX_PX / 2 + PEN_PX


def test_strokes_of_several_widths_give_the_same_image_as_those_of_one():
    first, second = drawn(4)
    mixed = [replace(first, width=min(offered_widths())), second]
    assert mnist_image(mixed) == mnist_image([first, second])


@pytest.mark.parametrize("digit", GLYPHS)
def test_the_longer_side_of_a_digit_fills_the_box(digit):
    assert BOX_PX - 1 <= max(extent(image(drawn(digit)))) <= BOX_PX + 1


@pytest.mark.parametrize("digit", GLYPHS)
def test_its_centre_of_mass_is_where_mnists_is(digit):
    assert centre_of_mass(image(drawn(digit))) == pytest.approx((14, 14), abs=0.1)


def test_a_vertical_line_is_not_blown_up_sideways():
    height, width = extent(image([Stroke("pen", 16, ((100, 50), (100, 220)))]))
    assert (height, width) == (pytest.approx(BOX_PX, abs=1), pytest.approx(PEN_PX, abs=1))


@pytest.mark.parametrize(
    "points", [((140, 140),), ((140, 140), (140.5, 140.2)), ((9, 9), (9, 9), (9, 9))]
)
def test_a_dot_stays_a_dot(points):
    ink = image([Stroke("pen", 16, points)])
    assert max(extent(ink)) <= 3 and ink.max() > 0.9
    assert centre_of_mass(ink) == pytest.approx((14, 14), abs=0.1)


def test_a_dot_and_a_line_weigh_what_their_ink_weighs():
    """A dot far from a line neither pulls the centre as if it were long, nor is it lost."""
    strokes = [Stroke("pen", 16, ((100, 50), (100, 150))), Stroke("pen", 16, ((100, 200),))]
    ink = image(strokes)
    assert centre_of_mass(ink) == pytest.approx((14, 14), abs=0.1)
    assert (ink[:, 13:16].max(1) > 0.5).sum() > 12


@pytest.mark.parametrize("strokes", [[], [Stroke("eraser", 40, ((1, 1), (50, 50)))]])
def test_nothing_drawn_gives_no_image(strokes):
    assert mnist_image(strokes) is None


def test_a_drawing_that_is_wholly_erased_gives_no_image():
    pen = Stroke("pen", 16, ((50, 50), (50, 200)))
    assert mnist_image([pen, Stroke("eraser", 40, ((50, 40), (50, 210)))]) is None


def test_erasing_one_of_two_strokes_gives_the_image_of_the_other():
    kept, gone = (
        Stroke("pen", 16, ((50, 50), (50, 200))),
        Stroke("pen", 16, ((200, 50), (200, 200))),
    )
    eraser = Stroke("eraser", 40, ((200, 30), (200, 220)))
    assert mnist_image([kept, gone, eraser]) == mnist_image([kept])


def test_ink_drawn_after_the_eraser_stays():
    pen, eraser = (
        Stroke("pen", 16, ((50, 50), (50, 200))),
        Stroke("eraser", 40, ((50, 30), (50, 220))),
    )
    assert mnist_image([pen, eraser, pen]) == mnist_image([pen])


def supersampled(paths, width, size, times=16) -> np.ndarray:
    """An independent painter: hard-edged lines in a big image, averaged down."""
    big = Image.new("L", (size * times, size * times))
    draw = ImageDraw.Draw(big)
    radius = width * times / 2
    for path in paths:
        scaled = [(x * times - 0.5, y * times - 0.5) for x, y in path]
        for a, b in zip(scaled, scaled[1:] or scaled, strict=False):
            length = hypot(b[0] - a[0], b[1] - a[1]) or 1
            nx, ny = -(b[1] - a[1]) / length * radius, (b[0] - a[0]) / length * radius
            draw.polygon(
                [
                    (a[0] + nx, a[1] + ny),
                    (b[0] + nx, b[1] + ny),
                    (b[0] - nx, b[1] - ny),
                    (a[0] - nx, a[1] - ny),
                ],
                fill=255,
            )
        for x, y in scaled:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(big, dtype=np.float64).reshape(size, times, size, times).mean((1, 3)) / 255


@pytest.mark.parametrize("turn", [i / 16 for i in range(16)])
def test_painting_agrees_with_a_supersampled_painter(turn):
    path = [(14.3, 13.8), (14.3 + 9 * cos(2 * pi * turn), 13.8 + 9 * sin(2 * pi * turn))]
    ink = np.array(rasterize([path], PEN_PX, EDGE_PX, SIDE_PX)).reshape(SIDE_PX, SIDE_PX)
    expected = supersampled([path], PEN_PX, SIDE_PX)
    assert np.abs(ink - expected).max() < 0.16
    assert ink.sum() == pytest.approx(PEN_PX * 9 + pi * (PEN_PX / 2) ** 2, rel=0.04)


coordinates = st.one_of(
    st.floats(), st.floats(-300, 300), st.sampled_from([0.0, 1e-300, 140.0, 1e6, -1e6, 1e308])
)
strokes = st.builds(
    lambda tool, width, points: Stroke(tool, width, tuple(usable_points(points) or [(0.0, 0.0)])),
    st.sampled_from(["pen", "pen", "eraser"]),
    st.one_of(st.floats(1, 60), st.floats(1e-6, 1e6)),
    st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=12).flatmap(
        lambda points: st.lists(st.sampled_from(points), min_size=1, max_size=12)
    ),
)


@given(st.lists(strokes, max_size=6))
def test_any_strokes_give_784_finite_values_between_0_and_1_or_nothing(strokes):
    ink = mnist_image(strokes)
    assert ink is None or (
        len(ink) == PIXELS and all(isfinite(value) and 0 <= value <= 1 for value in ink)
    )


@given(st.lists(strokes.filter(lambda stroke: stroke.tool == "pen"), min_size=1, max_size=4))
def test_whatever_a_pen_draws_leaves_ink(strokes):
    assert max(mnist_image(strokes)) > 0.3


def scribble(points: int) -> list[Stroke]:
    """A line that turns all the time, all over the canvas."""
    turns = [(140 + 130 * cos(7.1 * t), 140 + 130 * sin(11.3 * t)) for t in range(points)]
    return [Stroke("pen", 16.0, tuple(turns))]


@pytest.mark.parametrize("points", [500, 5000])
def test_however_long_a_scribble_is_few_points_of_it_are_painted(points):
    """Without a limit the cost of an image would grow with the drawing."""
    assert sum(map(len, steps(scribble(points)).placed)) <= 150


def test_a_spiral_of_many_points_is_read_in_few_and_looks_the_same(monkeypatch):
    def point(i: int) -> tuple[float, float]:
        radius, turn = 120 * i / 800, 2 * pi * 10 * i / 800
        return 140 + radius * cos(turn), 140 + radius * sin(turn)

    spiral = [Stroke("pen", 16.0, tuple(map(point, range(801))))]
    few = steps(spiral)
    monkeypatch.setattr("py_frontend.core.image.MAX_POINTS", 10_000)
    many = steps(spiral)
    assert sum(map(len, few.placed)) <= 150 < sum(map(len, many.placed))
    assert np.abs(np.array(few.ink) - np.array(many.ink)).mean() < 0.01


def test_the_last_step_is_the_image_and_the_others_lead_to_it():
    strokes = [*drawn(4), Stroke("eraser", 40.0, ((60.0, 60.0),))]
    made = steps(strokes)
    assert made.ink == mnist_image(strokes)
    assert all(stroke.tool == "pen" for stroke in made.pen)
    across = [x for path in made.boxed for x, _ in path]
    down = [y for path in made.boxed for _, y in path]
    longer = max(max(across) - min(across), max(down) - min(down))
    assert longer == pytest.approx(BOX_PX - PEN_PX, abs=0.01)
    moved = np.array(made.placed[0]) - np.array(made.boxed[0])
    assert moved == pytest.approx(CENTRE_PX - np.array([made.centre] * len(moved)))


def test_nothing_drawn_has_no_steps():
    assert steps([]) is None
