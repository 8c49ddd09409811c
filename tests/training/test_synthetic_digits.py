"""Synthetic digits: what is drawn, as what, by which hand, and always the same."""

from math import atan2, degrees

import numpy as np
import pytest

from training.synthetic.digits import drawing, synthetic_digits
from training.synthetic.forms import FORMS, one, seven
from training.synthetic.forms.form import Form
from training.synthetic.hand import Hand, any_hand, evenly, hurried, rounded, written
from training.synthetic.handwriting import TURN, Template, curve, line, through
from training.synthetic.sheet import write_forms

SEEDS = range(20)
ALL = [
    pytest.param(form, id=f"{digit} {form.name}")
    for digit, forms in FORMS.items()
    for form in forms
]
STEADY = Hand()


def test_digits_are_images_with_labels_like_mnists():
    examples = synthetic_digits(90, seed=0)
    assert examples.images.shape == (90, 784)
    assert examples.images.dtype == examples.labels.dtype == np.uint8
    assert (examples.images.max(axis=1) > 230).all() and (examples.images.min(axis=1) == 0).all()
    assert np.bincount(examples.labels).tolist() == [9] * 10


def test_digits_are_decided_by_their_seed():
    one_, same, other = (synthetic_digits(30, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one_.images, same.images)
    assert not np.array_equal(one_.images, other.images)


def test_more_digits_begin_with_the_same_ones():
    few = synthetic_digits(10, seed=0).images
    assert np.array_equal(synthetic_digits(40, seed=0).images[:10], few)


def test_every_digit_has_several_forms_of_different_names():
    for forms in FORMS.values():
        assert len(forms) >= 4 and len({form.name for form in forms}) == len(forms)
        assert all(form.share > 0 for form in forms)


@pytest.mark.parametrize("form", ALL)
def test_a_form_is_drawn_whole_and_never_twice_alike(form: Form):
    drawings = [drawing(form, np.random.default_rng(seed)) for seed in SEEDS]
    assert len({str(paths) for paths in drawings}) == len(drawings)
    for paths in drawings:
        points = np.concatenate([np.array(path) for path in paths])
        assert np.isfinite(points).all() and 0.5 < np.ptp(points, axis=0).max() < 4
        assert all(len(path) >= 2 for path in paths)


@pytest.mark.parametrize("form", ALL)
def test_a_wider_spread_varies_a_form_more(form: Form):
    def variation(spread: float) -> float:
        images = [
            np.concatenate([evenly(np.array(p), 1 / 15)[:5] for p in paths])[:5]
            for seed in range(20)
            if (
                paths := written(form.make(np.random.default_rng(0)), hand(seed, spread), rng(seed))
            )
        ]
        return float(np.std(images, axis=0).mean())

    rng = np.random.default_rng
    hand = lambda seed, spread: any_hand(rng(seed), spread)
    assert variation(0.2) < variation(1.5)


def below_level_deg(tip, top) -> float:
    """How steeply a line rises from `tip` to `top`, which is right of it."""
    return degrees(atan2(tip[1] - top[1], top[0] - tip[0]))


def test_the_flag_of_a_one_is_steeper_than_the_bar_of_any_seven():
    """Where people would disagree, neither is made."""
    steepest_bar = max(
        below_level_deg(top[0], top[-1])
        for seed in range(300)
        if (top := seven.bar(np.random.default_rng(seed), seven.FLAT, serif_share=0))
    )
    flags = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        top, bottom = one.stem(rng)
        tip, _ = one.flag_tip(top, bottom, rng)
        flags.append(below_level_deg(tip, top))
    assert steepest_bar < one.FLAG_BELOW_LEVEL_DEG[0] <= min(flags) + 1e-6


def test_a_seven_that_is_crossed_low_keeps_some_of_its_stem_below_the_cross():
    for seed in range(100):
        strokes = seven.crossed_low(np.random.default_rng(seed))
        if len(strokes) == 2:
            body, cross = strokes
            middle = (cross[0][1] + cross[1][1]) / 2
            assert body[-1][1] - middle >= seven.FOOT_BELOW_CROSS - 1e-9


def test_a_steady_hand_passes_through_every_node():
    template: Template = [[(0, 0), (0.4, 0.1, TURN), (0.2, 0.6), (0.5, 1)]]
    [path] = written(template, STEADY, np.random.default_rng(0))
    nodes = np.array([node[:2] for node in template[0]])
    apart = np.linalg.norm(np.array(path)[:, None] - nodes, axis=2)
    assert apart.min(axis=0).max() < 0.03


def test_a_hasty_hand_rounds_corners():
    corner = np.array([[0.0, 0.0], [0.5, 0.0], [0.5, 0.5]])
    sharp = hurried(corner, STEADY, np.random.default_rng(0))
    soft = hurried(corner, Hand(rounding=0.1), np.random.default_rng(0))
    nearest = lambda points: float(np.linalg.norm(points - [0.5, 0.0], axis=1).min())
    assert nearest(sharp) < 0.02 < nearest(soft)
    assert soft[0] == pytest.approx(corner[0]) and soft[-1] == pytest.approx(corner[-1])


def test_lines_that_reach_too_far_are_longer_and_hooks_lie_at_their_ends():
    straight = np.array([[0.0, 0.0], [1.0, 0.0]])
    lengths = [
        np.ptp(hurried(straight, Hand(reach=0.2), np.random.default_rng(seed))[:, 0])
        for seed in SEEDS
    ]
    assert min(lengths) < 1 < max(lengths)
    hooked = [hurried(straight, Hand(hook=0.2), np.random.default_rng(seed)) for seed in SEEDS]
    assert max(np.abs(points[:, 1]).max() for points in hooked) > 0.05
    for points in hooked:
        inner = (points[:, 0] > 0.25) & (points[:, 0] < 0.75)
        assert np.abs(points[inner, 1]).max() < 1e-9


def test_smoothing_keeps_straight_lines_and_both_ends():
    points = evenly(np.array([[0.0, 0.0], [1.0, 2.0]]), 0.1)
    assert rounded(points, 3) == pytest.approx(points)


def test_a_line_joins_its_ends_and_bulges_a_little():
    path = np.array(line((0.0, 0.0), (1.0, 0.0), np.random.default_rng(1)))
    assert path[0].tolist() == [0, 0] and path[-1] == pytest.approx([1, 0])
    assert 0 < np.abs(path[:, 1]).max() <= 0.06


def test_a_curve_through_two_nodes_is_straight():
    points = curve(np.array([[0.0, 0.0], [2.0, 4.0]]))
    assert points[:, 1] == pytest.approx(2 * points[:, 0])
    assert points[0].tolist() == [0, 0] and points[-1].tolist() == [2, 4]


def test_sharp_turns_are_kept_and_other_nodes_passed_smoothly():
    nodes = [(0, 0), (1, 0, TURN), (1, 1)]
    points = through(nodes, np.array([node[:2] for node in nodes], float))
    assert np.abs(points).min(axis=1).max() <= 1 and (points[:, 1] >= -1e-9).all()
    smooth = through([(0, 0), (1, 0), (1, 1)], np.array([(0, 0), (1, 0), (1, 1)], float))
    assert smooth[:, 1].min() < -0.01


def test_a_sheet_has_a_row_for_each_form(tmp_path):
    from PIL import Image

    write_forms(tmp_path / "forms.png", 1, 0, 1.0, digits=[7])
    with Image.open(tmp_path / "forms.png") as sheet:
        assert sheet.height % len(FORMS[7]) == 0 and np.array(sheet).max() > 230
