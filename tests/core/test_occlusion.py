"""Explanations by occlusion, on networks whose reasons are known."""

from array import array

import numpy as np
import pytest

from py_frontend.core.image import PIXELS, SIDE_PX, mnist_image
from py_frontend.core.occlusion import (
    CURVE_POINTS,
    SIGMA_PX,
    STEP_PX,
    Heat,
    WithoutStroke,
    deletion_curves,
    heat_of,
    patches,
    strokes_mattering,
    without,
)
from py_frontend.core.strokes import Stroke
from tests.support.fakes import finished

BAR = Stroke("pen", 16.0, ((80.0, 70.0), (200.0, 70.0)))
STEM = Stroke("pen", 16.0, ((200.0, 70.0), (130.0, 220.0)))
HALF = PIXELS // 2


async def no_pause():
    pass


async def upper_half(ink):
    """Digit 7 for ink in the upper half of the image, 1 for ink in the lower one."""
    return [0.0, sum(ink[HALF:]), *[0.0] * 5, sum(ink[:HALF]), 0.0, 0.0]


def ink_of(*strokes) -> array:
    return mnist_image(strokes)


def heat(ink, digit, infer=upper_half) -> Heat:
    async def explain():
        return await heat_of(ink, await infer(ink), digit, infer, no_pause)

    return finished(explain())


def test_every_pixel_is_under_patches_and_no_patch_adds_ink():
    covered = [0.0] * PIXELS
    for patch in patches():
        for pixel, share in patch:
            assert 0 < share <= 1
            covered[pixel] += share
    assert min(covered) > 1


def test_ink_is_taken_away_in_the_middle_of_a_patch_and_left_far_from_it():
    full = array("f", [1.0] * PIXELS)
    patch = patches()[len(patches()) // 2]
    left = without(full, patch)
    assert min(left) < 0.15 and left[0] == 1.0 and full[patch[0][0]] == 1.0


def test_the_heat_is_where_the_network_looks():
    ink = ink_of(BAR, STEM)
    values = heat(ink, 7).values
    upper = sum(values[pixel] for pixel in range(HALF) if ink[pixel])
    lower = sum(values[pixel] for pixel in range(HALF, PIXELS) if ink[pixel])
    assert upper > 10 * abs(lower) > 0
    assert values[5 * SIDE_PX + 14] > 0


def test_ink_that_speaks_against_a_digit_is_negative():
    async def against(ink):
        return [-value for value in await upper_half(ink)]

    ink = ink_of(BAR, STEM)
    assert min(heat(ink, 7, against).values) < 0
    assert max(heat(ink, 7, against).values) <= 0


def test_a_digit_that_the_ink_does_not_matter_for_has_no_heat():
    assert set(heat(ink_of(BAR, STEM), 4).values) == {0.0}


def test_no_inference_is_spent_on_patches_without_ink():
    runs = []

    async def counted(ink):
        runs.append(ink)
        return await upper_half(ink)

    heat(ink_of(Stroke("pen", 16.0, ((100.0, 100.0),))), 7, counted)
    assert 0 < len(runs) < len(patches()) / 2


def test_without_a_stroke_the_answer_may_be_another():
    async def bar_or_not(ink):
        """A 7 where the image is wide at its top, else a 1."""
        wide = sum(value > 0.5 for value in ink[6 * SIDE_PX : 7 * SIDE_PX]) > 6
        return [0.0, 0.5, *[0.0] * 5, float(wide), 0.0, 0.0]

    found = finished(strokes_mattering((BAR, STEM), bar_or_not, no_pause))
    assert found[0] == WithoutStroke(0, 1)
    assert [one.number for one in found] == [0, 1]


def test_of_a_single_stroke_nothing_is_left_to_say():
    assert finished(strokes_mattering((STEM,), upper_half, no_pause)) == ()


def test_erasers_are_no_strokes_to_leave_out():
    eraser = Stroke("eraser", 40.0, ((130.0, 70.0),))
    found = finished(strokes_mattering((BAR, eraser, STEM), upper_half, no_pause))
    assert [one.number for one in found] == [0, 2]


def test_deleting_by_heat_lowers_the_logit_faster_than_at_random():
    ink = ink_of(BAR, STEM)

    async def check():
        return await deletion_curves(ink, heat(ink, 7), upper_half, no_pause)

    curves = finished(check())
    assert len(curves.by_heat) == len(curves.at_random) == CURVE_POINTS
    assert curves.by_heat[0] == curves.at_random[0] == pytest.approx(sum(ink[:HALF]))
    assert curves.by_heat[-1] == curves.at_random[-1] == 0
    assert curves.is_honest


def test_an_explanation_that_is_upside_down_is_not_honest():
    ink = ink_of(BAR, STEM)
    wrong = Heat(7, array("f", [-value for value in heat(ink, 7).values]))
    assert not finished(deletion_curves(ink, wrong, upper_half, no_pause)).is_honest


def test_the_page_gets_its_turn_between_inferences():
    order = []

    async def pause():
        order.append("pause")

    async def counted(ink):
        order.append("run")
        return await upper_half(ink)

    async def explain():
        await heat_of(ink_of(BAR), [0.0] * 10, 7, counted, pause)

    finished(explain())
    assert order == ["pause", "run"] * (len(order) // 2)


def test_patches_are_gaussians_on_a_grid_cut_off_at_three_deviations_and_at_the_edges():
    patches.cache_clear()
    centres = np.arange(SIDE_PX) + 0.5
    places = range(0, SIDE_PX + 1, STEP_PX)
    expected = [(x, y) for y in places for x in places]
    for (x, y), patch in zip(expected, patches(), strict=True):
        square = (centres - x) ** 2 + (centres[:, None] - y) ** 2
        shares = np.exp(-square / (2 * SIGMA_PX**2))
        shares[(abs(centres[:, None] - y) > 3 * SIGMA_PX) | (abs(centres - x) > 3 * SIGMA_PX)] = 0
        found = np.zeros(PIXELS)
        found[[pixel for pixel, _ in patch]] = [share for _, share in patch]
        assert len(patch) == np.count_nonzero(shares)
        assert found == pytest.approx(shares.reshape(-1))


def test_without_a_stroke_exactly_the_others_are_read_within_the_pad():
    seen, area = [], (0.0, 0.0, 150.0, 280.0)
    eraser = Stroke("eraser", 40.0, ((130.0, 70.0),))
    drawing = (BAR, eraser, STEM, BAR)

    async def kept(ink):
        seen.append(ink)
        return await upper_half(ink)

    finished(strokes_mattering(drawing, kept, no_pause, area))
    others = [drawing[:place] + drawing[place + 1 :] for place in (0, 2, 3)]
    assert seen == [mnist_image(strokes, area) for strokes in others]
    assert seen[0] != mnist_image(others[0])


def test_where_no_ink_would_be_left_without_a_stroke_there_is_no_digit():
    rubbed = Stroke("pen", 16.0, ((40.0, 40.0),))
    eraser = Stroke("eraser", 60.0, ((40.0, 40.0),))
    found = finished(strokes_mattering((rubbed, eraser, STEM), upper_half, no_pause))
    assert [one.digit for one in found][1] is None


def test_deletion_goes_through_the_ink_alone_in_equal_steps_and_the_same_order_each_time():
    ink = array("f", [0.0] * PIXELS)
    for pixel in range(100, 120):
        ink[pixel] = 1.0
    by_ink = Heat(7, array("f", [float(-pixel) for pixel in range(PIXELS)]))
    curves = [finished(deletion_curves(ink, by_ink, upper_half, no_pause)) for _ in range(2)]
    assert curves[0] == curves[1]
    assert curves[0].by_heat == curves[0].at_random == tuple(range(20, -1, -2))


def test_the_random_order_is_always_the_same():
    ink = ink_of(BAR, STEM)
    upside_down = Heat(7, array("f", range(PIXELS)))
    found = [finished(deletion_curves(ink, upside_down, upper_half, no_pause)) for _ in range(2)]
    assert found[0].at_random == found[1].at_random
