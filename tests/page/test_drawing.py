"""Drawing on the page with every pointer and tool, and the answers to it."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.digit_page import MEASURES, DigitPage
from tests.support.glyphs import GLYPHS, arc

LINE = [(0.5, 0.2), (0.5, 0.5), (0.5, 0.8)]
MIDDLE, CORNER = (0.5, 0.5), (0.1, 0.1)


@pytest.mark.parametrize("digit", GLYPHS)
def test_a_drawn_digit_is_read_by_both_models(digits: DigitPage, digit):
    digits.draw_digit(digit)
    for model in ("mlp", "cnn"):
        digits.choose(model)
        digits.expect_ready()
        digits.expect_sure(digit)
        probabilities = digits.probabilities()
        assert max(range(10), key=probabilities.__getitem__) == digit
        assert sum(probabilities) == pytest.approx(1)
        expect(digits.chart).to_have_accessible_name(
            re.compile(rf"\b{digit}: {digits.prediction.inner_text()[3:-1]}")
        )


@pytest.mark.parametrize("pointer", ["mouse", "pen", "touch"])
def test_every_pointer_draws_where_it_is(digits: DigitPage, pointer):
    digits.draw_digit(7, pointer)
    digits.expect_digit(7)
    assert digits.ink_at(*GLYPHS[7][0], CORNER, (0.9, 0.5)) == [True] * len(GLYPHS[7][0]) + [
        False,
        False,
    ]


@pytest.mark.parametrize("pointer", ["mouse", "pen", "touch"])
def test_a_click_makes_a_dot_that_is_seen_and_read(digits: DigitPage, pointer):
    digits.draw([MIDDLE], pointer)
    digits.expect_answer()
    assert digits.ink_at(MIDDLE, CORNER) == [True, False]


def test_an_empty_canvas_has_no_answer(digits: DigitPage):
    for button in (digits.clear, digits.undo, digits.redo, digits.eraser):
        button.click(force=True)  # also those that say that they would do nothing
    digits.draw(LINE)
    digits.expect_no_answer()
    assert digits.inked_share() == 0


def test_the_answer_comes_while_the_pen_is_still_down(digits: DigitPage):
    with digits.drawing(GLYPHS[7][0]):
        digits.expect_digit(7)


def test_a_wholly_erased_drawing_has_no_answer(digits: DigitPage):
    digits.draw(LINE)
    digits.expect_digit(1)
    digits.eraser.click()
    digits.draw([(0.5, 0.1), (0.5, 0.9)])
    digits.expect_no_answer()
    assert digits.inked_share() == 0


def test_the_eraser_takes_only_what_it_touches(digits: DigitPage):
    digits.draw(LINE)
    digits.expect_digit(1)
    alone = digits.probabilities()
    ring = arc(0.5, 0.5, 0.38, 0.42, 0, 1.02, points=12)
    digits.draw(ring)
    expect(digits.prediction).not_to_have_text(re.compile(r"^1"))
    digits.eraser.click()
    digits.draw(ring)
    digits.expect_digit(1)
    assert digits.probabilities() == pytest.approx(alone)
    assert digits.ink_at(ring[0], *LINE) == [False, True, True, True]


def test_undo_and_redo_take_back_and_bring_back_strokes_erasing_and_clearing(digits: DigitPage):
    digits.draw(GLYPHS[4][0])
    digits.draw(GLYPHS[4][1])
    digits.expect_digit(4)
    whole = digits.inked_share()
    digits.eraser.click()
    digits.draw(GLYPHS[4][0])
    digits.clear.click()
    digits.expect_no_answer()
    assert digits.inked_share() == 0
    digits.undo.click()
    digits.undo.click()
    digits.expect_digit(4)
    assert digits.inked_share() == whole
    digits.undo.click()
    expect(digits.prediction).not_to_have_text(re.compile(r"^4"))
    digits.undo.click()
    digits.expect_no_answer()
    for _ in range(2):
        digits.redo.click()
    digits.expect_digit(4)
    assert digits.inked_share() == whole


def test_keys_do_what_the_buttons_do(digits: DigitPage):
    digits.draw_digit(3)
    digits.expect_digit(3)
    for keys, check in [
        ("Control+z", digits.expect_no_answer),
        ("Control+Shift+Z", lambda: digits.expect_digit(3)),
        ("Control+z", digits.expect_no_answer),
        ("Control+y", lambda: digits.expect_digit(3)),
        ("Delete", digits.expect_no_answer),
    ]:
        digits.page.keyboard.press(keys)
        check()
    digits.page.keyboard.press("e")
    expect(digits.eraser).to_have_attribute("aria-pressed", "true")
    expect(digits.pen).to_have_attribute("aria-pressed", "false")
    digits.page.keyboard.press("p")
    expect(digits.pen).to_have_attribute("aria-pressed", "true")


def test_the_chosen_width_is_that_of_the_strokes_that_follow(digits: DigitPage):
    digits.pen_width.select_option("Broad")
    digits.draw(LINE)
    digits.expect_digit(1)
    broad, probabilities = digits.inked_share(), digits.probabilities()
    digits.pen_width.select_option("Fine")
    assert digits.inked_share() == broad
    digits.clear.click()
    digits.draw(LINE)
    digits.expect_digit(1)
    assert digits.inked_share() == pytest.approx(broad * 8 / 24, rel=0.2)
    assert digits.probabilities() == pytest.approx(probabilities)
    digits.undo.click()
    digits.undo.click()
    assert digits.inked_share() == broad


def test_the_eraser_is_as_broad_as_ever(digits: DigitPage):
    digits.pen_width.select_option("Fine")
    digits.draw([(0.45, 0.2), (0.45, 0.8)])
    digits.eraser.click()
    digits.draw([(0.5, 0.1), (0.5, 0.9)])
    assert digits.inked_share() == 0


@pytest.mark.parametrize("control", ["model", "speed", "pen_width"])
def test_keys_typed_at_other_controls_stay_there(digits: DigitPage, control):
    digits.draw_digit(3)
    getattr(digits, control).focus()
    digits.page.keyboard.press("Delete")
    digits.page.keyboard.press("e")
    expect(digits.pen).to_have_attribute("aria-pressed", "true")
    digits.expect_digit(3)


@pytest.mark.parametrize("button", ["right", "middle"])
def test_other_buttons_do_not_draw(digits: DigitPage, button):
    digits.page.mouse.move(*digits.at(CORNER))
    digits.page.mouse.down(button=button)
    digits.page.mouse.move(*digits.at(MIDDLE))
    digits.page.mouse.up(button=button)
    digits.expect_no_answer()
    assert digits.inked_share() == 0


def test_leaving_the_canvas_does_not_cut_the_stroke(digits: DigitPage):
    digits.draw([(0.5, 0.5), (1.3, 0.5), (1.3, 0.8), (0.5, 0.8)])
    assert digits.ink_at((0.98, 0.5), (0.98, 0.8), (0.6, 0.8)) == [True, True, True]
    digits.undo.click()
    assert digits.inked_share() == 0


def test_a_pen_lifted_outside_the_canvas_is_up(digits: DigitPage):
    digits.draw([(0.5, 0.5), (1.3, 0.5)])
    digits.page.mouse.move(*digits.at((0.5, 0.9)))
    assert digits.ink_at((0.7, 0.5), (0.5, 0.9), (0.9, 0.7)) == [True, False, False]


def test_moving_without_a_button_draws_nothing(digits: DigitPage):
    digits.page.mouse.move(*digits.at(CORNER))
    digits.page.mouse.move(*digits.at(MIDDLE))
    assert digits.inked_share() == 0


def test_a_cancelled_touch_leaves_its_stroke_and_lifts_the_pen(digits: DigitPage):
    digits.touch("Start", [(1, digits.at((0.2, 0.2)))])
    digits.touch("Move", [(1, digits.at((0.2, 0.5)))])
    digits.touch("Cancel")
    digits.page.mouse.move(*digits.at((0.8, 0.8)))
    assert digits.ink_at((0.2, 0.4), (0.5, 0.65), (0.8, 0.8)) == [True, False, False]
    digits.draw([(0.5, 0.2), (0.5, 0.5)], "touch")
    assert digits.ink_at((0.2, 0.4), (0.5, 0.4), (0.35, 0.2)) == [True, True, False]


def test_a_cancelled_pointer_that_was_never_captured_is_up_too(digits: DigitPage):
    digits.dispatch("pointerdown", (0.2, 0.2), buttons=1)
    digits.dispatch("pointercancel", (0.2, 0.2))
    digits.dispatch("pointermove", (0.8, 0.8), button=-1, buttons=1)
    assert digits.ink_at((0.2, 0.2), (0.5, 0.5), (0.8, 0.8)) == [True, False, False]


def test_a_second_finger_neither_draws_nor_stops_the_first(digits: DigitPage):
    first, second = digits.at((0.2, 0.2)), digits.at((0.8, 0.2))
    digits.touch("Start", [(1, first)])
    digits.touch("Start", [(1, first), (2, second)])
    digits.touch("Move", [(1, digits.at((0.2, 0.5))), (2, digits.at((0.8, 0.5)))])
    digits.touch("Move", [(1, digits.at((0.2, 0.8))), (2, digits.at((0.8, 0.5)))])
    digits.touch("End")
    assert digits.ink_at((0.2, 0.4), (0.2, 0.75), (0.8, 0.2), (0.8, 0.4)) == [
        True,
        True,
        False,
        False,
    ]
    digits.undo.click()
    assert digits.inked_share() == 0


def test_the_other_end_of_a_stylus_erases(digits: DigitPage):
    digits.draw(LINE)
    digits.expect_digit(1)
    digits.dispatch("pointerdown", (0.5, 0.1), button=5, buttons=32)
    digits.dispatch("pointermove", (0.5, 0.9), button=-1, buttons=32)
    digits.dispatch("pointerup", (0.5, 0.9), button=5)
    digits.expect_no_answer()
    assert digits.inked_share() == 0


def test_only_the_pressed_pen_draws_when_a_mouse_moves_meanwhile(digits: DigitPage):
    digits.touch("Start", [(1, digits.at((0.2, 0.2)))])
    digits.page.mouse.move(*digits.at((0.8, 0.8)))
    digits.touch("Move", [(1, digits.at((0.2, 0.5)))])
    digits.touch("End")
    assert digits.ink_at((0.2, 0.4), (0.5, 0.5), (0.8, 0.8)) == [True, False, False]


def test_every_position_that_the_browser_collected_in_one_event_is_drawn(digits: DigitPage):
    corners = [(0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)]
    digits.dispatch("pointerdown", corners[0], buttons=1)
    digits.page.evaluate(
        """(points) => {
          const canvas = document.getElementById("draw-canvas");
          const move = ([clientX, clientY], more) => new PointerEvent("pointermove", {
            pointerId: 77, pointerType: "pen", buttons: 1, clientX, clientY, ...more });
          const coalescedEvents = points.map((point) => move(point));
          canvas.dispatchEvent(move(points.at(-1), { coalescedEvents }));
        }""",
        [digits.at(corner) for corner in corners[1:]],
    )
    digits.dispatch("pointerup", corners[-1])
    digits.expect_answer()
    on_the_line = [*corners, (0.5, 0.2), (0.5, 0.5), (0.5, 0.8)]
    assert digits.ink_at(*on_the_line, (0.2, 0.5)) == [True] * 7 + [False]


def test_an_answer_from_wasm_is_shown_in_the_frame_of_its_events_and_only_once(digits: DigitPage):
    """An answer for every event would make the page fall behind a fast pen."""
    digits.draw([(0.5, 0.2), (0.5, 0.6)])
    digits.expect_answer()
    digits.probabilities()  # returns once no answer is on its way any more
    shown = digits.page.evaluate(
        """async ([clientX, y]) => {
          const canvas = document.getElementById("draw-canvas");
          const answers = () => performance.getEntriesByName("predict:total").length;
          const send = (type, buttons, clientY) => canvas.dispatchEvent(new PointerEvent(type, {
            pointerId: 77, pointerType: "pen", buttons, clientX, clientY }));
          const before = answers();
          send("pointerdown", 1, y);
          for (let i = 1; i <= 20; i++) send("pointermove", 1, y - i);
          return new Promise((resolve) => requestAnimationFrame(async () => {
            for (let microtask = 0; microtask < 200; microtask++) await null;
            resolve(answers() - before);
            send("pointerup", 0, y);
          }));
        }""",
        digits.at((0.5, 0.8)),
    )
    assert shown == 1


def test_every_prediction_is_measured(digits: DigitPage):
    digits.page.evaluate("performance.clearMeasures()")  # the page itself clears old ones
    digits.draw_digit(2, "mouse")
    digits.expect_digit(2)
    digits.probabilities()  # returns once no answer is on its way any more
    image, inference, view, total = map(digits.measures, MEASURES)
    assert min(map(len, (image, inference, view, total))) > 0
    assert total[-1] >= inference[-1] + view[-1] > 0
    assert float(digits.inference_time.inner_text()) == pytest.approx(inference[-1], abs=0.06)
    assert len(digits.mark("app:ready")) == len(digits.mark("app:first-prediction")) == 1


def test_a_long_press_opens_no_menu_while_a_line_is_drawn_but_does_at_rest(digits: DigitPage):
    opens_menu = """() => document.getElementById("draw-canvas")
      .dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }))"""
    assert digits.page.evaluate(opens_menu)
    with digits.drawing(LINE):
        assert not digits.page.evaluate(opens_menu)
    assert digits.page.evaluate(opens_menu)
