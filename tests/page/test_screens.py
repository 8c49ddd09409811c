"""The page on other screens: scaled canvases, sharp screens, phones, dark colours."""

import pytest

from tests.support.digit_page import PHONE, DigitPage
from tests.support.glyphs import GLYPHS

STYLES = {
    "small": "#draw-canvas { width: 150px }",
    "large": "#draw-canvas { width: 700px; position: relative; z-index: 1 }",
    "border and padding": "#draw-canvas { border: 30px solid red; padding: 30px 5px 2px 40px; box-sizing: content-box; width: 300px }",
    "zoomed by a transform": "#draw-canvas { transform: scale(0.6); transform-origin: 20% 70% }",
    "wide": "#draw-canvas { width: 400px; height: 250px; aspect-ratio: auto }",
}


@pytest.fixture(scope="module")
def sharp_page(browser, site_url):
    page = DigitPage(
        browser.new_context(
            device_scale_factor=2, viewport={"width": 1600, "height": 1000}
        ).new_page()
    )
    yield page.open(site_url).expect_ready()
    page.page.context.close()
    page.errors.check()


@pytest.fixture(params=STYLES)
def styled_page(request, sharp_page):
    sharp_page.reset()
    style = sharp_page.page.add_style_tag(content=STYLES[request.param])
    yield sharp_page
    style.evaluate("(style) => style.remove()")


def test_ink_is_where_the_pointer_is_on_a_canvas_scaled_by_css(styled_page):
    styled_page.draw_digit(7)
    styled_page.expect_digit(7)
    line = GLYPHS[7][0]
    assert styled_page.ink_at(*line, (0.2, 0.5), (0.8, 0.6)) == [True] * len(line) + [False, False]


def test_every_pixel_of_a_sharp_screen_is_used(sharp_page):
    sharp_page.page.wait_for_function(
        "(canvas => Math.abs(canvas.width - 2 * canvas.clientWidth) <= 1)(document.getElementById('draw-canvas'))"
    )


def test_a_drawing_survives_another_size_and_is_drawn_sharply_there(sharp_page):
    sharp_page.reset()
    sharp_page.draw_digit(4)
    sharp_page.expect_digit(4)
    share, probabilities = sharp_page.inked_share(), sharp_page.probabilities()
    sharp_page.page.set_viewport_size({"width": 700, "height": 600})
    sharp_page.page.wait_for_function("document.getElementById('draw-canvas').width < 800")
    assert sharp_page.inked_share() == pytest.approx(share, rel=0.02)
    assert sharp_page.ink_at(*(point for line in GLYPHS[4] for point in line)) == [True] * 5
    assert sharp_page.probabilities() == probabilities
    sharp_page.page.set_viewport_size({"width": 1600, "height": 1000})


@pytest.mark.parametrize("width, height", [(360, 640), (390, 844), (844, 390), (640, 360)])
def test_a_phone_shows_the_answer_and_the_tools_without_scrolling(open_page, width, height):
    digits = open_page(
        "?backend=wasm", **{**PHONE, "viewport": {"width": width, "height": height}}
    ).expect_ready()
    digits.draw_digit(3, "touch")
    digits.expect_digit(3)
    assert digits.ink_at(*GLYPHS[3][0][::8], (0.9, 0.1)) == [True] * len(GLYPHS[3][0][::8]) + [
        False
    ]
    for part in (
        digits.model,
        digits.prediction,
        digits.chart,
        digits.canvas,
        digits.pen,
        digits.clear,
        digits.status,
        digits.speed,
    ):
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, part
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, part
    assert digits.canvas.bounding_box()["width"] >= 280
    assert digits.page.evaluate(
        "[scrollX, scrollY, document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    ) == [0, 0, width, height]


def test_canvas_and_answer_stay_in_sight_beside_the_open_panel(open_page):
    digits = open_page("?backend=wasm").expect_ready()
    digits.speed.click()
    digits.draw_digit(3)
    digits.expect_digit(3)
    panel = digits.page.locator(".panel").bounding_box()
    for part in (digits.canvas, digits.chart, digits.prediction, digits.clear, digits.status):
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= panel["x"], part
        assert box["y"] >= 0 and box["y"] + box["height"] <= digits.page.viewport_size["height"], (
            part
        )


def test_a_finger_on_the_canvas_draws_and_does_not_scroll(open_page):
    digits = open_page(**{**PHONE, "viewport": {"width": 360, "height": 400}}).expect_ready()
    digits.canvas.scroll_into_view_if_needed()
    before = digits.page.evaluate("scrollY")
    digits.draw([(0.5, 0.8), (0.5, 0.6), (0.5, 0.4), (0.5, 0.2)], "touch")
    digits.expect_digit(1)
    assert digits.page.evaluate("scrollY") == before


def test_the_drawing_follows_the_colours_of_the_system(open_page):
    digits = open_page(color_scheme="dark").expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    dark = digits.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert digits.ink_at(*GLYPHS[7][0]) == [True] * 4
    digits.page.emulate_media(color_scheme="light")
    assert digits.page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    digits.page.wait_for_function(
        "document.getElementById('draw-canvas').getContext('2d').strokeStyle === '#1c1d22'"
    )
    assert digits.ink_at(*GLYPHS[7][0]) == [True] * 4
