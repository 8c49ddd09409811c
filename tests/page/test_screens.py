"""The page on other screens: scaled canvases, sharp screens, phones, dark colours."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import shared_page
from tests.support.digit_page import DigitPage
from tests.support.glyphs import GLYPHS

LARGE = {"width": 1600, "height": 1000}
DESKTOP = {"width": 1280, "height": 720}
STYLES = {
    "small": "#draw-canvas { width: 150px }",
    "large": "#draw-canvas { width: 700px; position: relative; z-index: 1 }",
    "border and padding": """#draw-canvas {
      border: 30px solid red; padding: 30px 5px 2px 40px;
      box-sizing: content-box; width: 300px }""",
    "zoomed by a transform": """#draw-canvas {
      transform: scale(0.6); transform-origin: 20% 70% }""",
    "wide": "#draw-canvas { width: 400px; height: 250px; aspect-ratio: auto }",
}
EVERY_PIXEL = """() => {
  const canvas = document.getElementById("draw-canvas");
  return Math.abs(canvas.width - 2 * canvas.clientWidth) <= 1;
}"""
INK_COLOUR = "document.getElementById('draw-canvas').getContext('2d').strokeStyle"
# An observer tells of a new size before a frame is painted, and then the page changes more.
FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SET_TEXT_SIZE = f"""async (size) => {{
  document.documentElement.style.fontSize = size;
  await {FRAMES};
}}"""
SCROLLED = """() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  return [scrollX, scrollY, scrollWidth, scrollHeight];
}"""

sharp_page = shared_page("?backend=wasm", device_scale_factor=2, viewport=LARGE)


@pytest.fixture
def sharp(sharp_page):
    sharp_page.page.set_viewport_size(LARGE)
    sharp_page.reset()
    return sharp_page


@pytest.fixture
def screen(on_wasm):
    """For what is measured in CSS pixels: a sharp screen has four times the pixels to paint."""
    yield on_wasm
    on_wasm.page.evaluate("document.documentElement.style.fontSize = ''")
    on_wasm.page.emulate_media(color_scheme="light")
    on_wasm.page.set_viewport_size(DESKTOP)


@pytest.fixture(params=STYLES)
def styled_page(request, sharp):
    # Not as a style element, which the page's policy forbids.
    sharp.page.evaluate(
        """(text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      document.adoptedStyleSheets = [sheet];
    }""",
        STYLES[request.param],
    )
    yield sharp
    sharp.page.evaluate("document.adoptedStyleSheets = []")


def test_ink_is_where_the_pointer_is_on_a_canvas_scaled_by_css(styled_page):
    styled_page.draw_digit(7, "mouse")
    styled_page.expect_digit(7)
    line = GLYPHS[7][0]
    assert styled_page.ink_at(*line, (0.2, 0.5), (0.8, 0.6)) == [True] * len(line) + [False, False]


def test_every_pixel_of_a_sharp_screen_is_used(sharp):
    sharp.wait_until(EVERY_PIXEL)


def test_a_drawing_survives_another_size_and_is_drawn_sharply_there(sharp):
    sharp.draw_digit(4)
    sharp.expect_digit(4)
    share, probabilities = sharp.inked_share(), sharp.probabilities()
    sharp.page.set_viewport_size({"width": 700, "height": 600})
    sharp.wait_until("document.getElementById('draw-canvas').width < 800")
    assert sharp.inked_share() == pytest.approx(share, rel=0.02)
    assert sharp.ink_at(*(point for line in GLYPHS[4] for point in line)) == [True] * 5
    assert sharp.probabilities() == probabilities


def show_on(digits: DigitPage, width: int, height: int) -> None:
    """Returns once the page has taken its place on a screen of this size."""
    digits.page.set_viewport_size({"width": width, "height": height})
    digits.page.evaluate(FRAMES)


@pytest.mark.parametrize("name", ["input", "layers", "why", "neighbours", "both", "speed"])
def test_pad_answer_and_the_open_panel_fit_one_screen_of_a_desktop(screen, name):
    screen.open_panel(name)
    screen.draw_digit(7)
    screen.expect_digit(7)
    panel = screen.panel(name)
    for width, height in ((1280, 720), (1280, 800), (1366, 768), (1920, 1080)):
        show_on(screen, width, height)
        for part in (
            screen.canvas,
            screen.chart,
            screen.prediction,
            screen.clear,
            screen.status,
            panel,
        ):
            assert is_within(part, width, height), (part, width, height)
        assert screen.page.evaluate(SCROLLED) == [0, 0, width, height]
        assert screen.canvas.bounding_box()["width"] >= 0.7 * height


SIZES = [
    (320, 568),
    (568, 320),
    (360, 640),
    (640, 360),
    (390, 844),
    (844, 390),
    (768, 1024),
    (1024, 768),
    (820, 1180),
    (1280, 800),
    (800, 1280),
    (1920, 1080),
    (1080, 1920),
    (320, 256),
]
# What overlaps, what is cut off, and how wide the parts are.
LAYOUT = """() => {
  const box = (part) => part.getBoundingClientRect();
  const seen = (selector) => [...document.querySelectorAll(selector)]
    .filter((part) => part.checkVisibility());
  const nameOf = (part) => part.id || part.textContent.trim();
  const named = "button, select, a, input, #prediction, #notice, #status, .pad, .card .chart, dd";
  const parts = seen(named)
    .filter((part) => !part.closest("#panels > section"))
    .map((part) => [nameOf(part), box(part)]);
  return {
    overlaps: parts.flatMap(([name, a], index) => parts.slice(index + 1)
      .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
      .map(([other]) => `${name} / ${other}`)),
    cutOff: seen("button, #prediction, #status, dd, h1")
      .filter((part) => part.clientWidth && part.scrollWidth > part.clientWidth + 1)
      .map(nameOf),
    width: document.documentElement.scrollWidth,
    chartWidth: box(document.getElementById("prob-chart")).width,
    selects: ["model", "pen-width"].map((id) => {
      const select = document.getElementById(id);
      return [box(select).width, parseFloat(getComputedStyle(select).fontSize)];
    }),
  };
}"""
TEXTS = ("100%", "150%", "200%")


@pytest.mark.parametrize("width, height", SIZES)
def test_nothing_overlaps_is_cut_off_or_scrolls_sideways(screen, width, height):
    show_on(screen, width, height)
    for name in (None, "speed", "why"):
        if name:
            screen.open_panel(name)
        for text in TEXTS:
            screen.page.evaluate(SET_TEXT_SIZE, text)
            layout = screen.page.evaluate(LAYOUT)
            assert layout["overlaps"] == layout["cutOff"] == [], (name, text)
            assert layout["width"] == width
            assert layout["chartWidth"] >= 80
            (model_width, model_font), (pen_width, pen_font) = layout["selects"]
            assert model_width >= 100 and pen_width >= 80
            assert min(model_font, pen_font) >= 16  # iOS zooms in on smaller text


def test_the_pad_is_as_large_as_the_screen_allows(screen):
    for width, height, least in (
        (390, 844, 366),
        (820, 1180, 740),
        (768, 1024, 700),
        (1920, 1080, 840),
        (844, 390, 360),
    ):
        show_on(screen, width, height)
        assert screen.canvas.bounding_box()["width"] >= least, (width, height)


def test_examples_share_and_save_stand_in_one_row_on_a_phone(screen):
    for width, height in ((320, 568), (360, 640), (390, 844), (844, 390)):
        show_on(screen, width, height)
        boxes = [button.bounding_box() for button in screen.page.locator(".actions button").all()]
        assert len(boxes) == 3 and len({box["y"] for box in boxes}) == 1, (width, height)


def test_a_projector_is_used_in_its_whole_width(screen):
    show_on(screen, 1920, 1080)
    box = screen.page.locator(".page").bounding_box()
    assert box["width"] >= 0.9 * 1920


@pytest.mark.parametrize("width, height", [(320, 568), (390, 844), (844, 390), (1280, 800)])
def test_the_pad_stands_still_while_one_draws(screen, width, height):
    """Regression: it jumped by 44 px when the first time of an inference came."""
    show_on(screen, width, height)
    for text in TEXTS:
        screen.page.evaluate(SET_TEXT_SIZE, text)
        screen.canvas.scroll_into_view_if_needed()
        before = screen.canvas.bounding_box()
        screen.draw([(0.2, 0.2), (0.8, 0.3), (0.3, 0.7), (0.7, 0.6)])
        screen.expect_answer()
        screen.draw([(0.5, 0.8)])
        screen.probabilities()
        assert screen.canvas.bounding_box() == before, text
        screen.wipe()
        screen.expect_no_answer()


def is_within(part, width: int, height: int) -> bool:
    box = part.bounding_box()
    is_across = box["x"] >= 0 and box["x"] + box["width"] <= width
    return is_across and box["y"] >= 0 and box["y"] + box["height"] <= height


def test_the_drawing_follows_the_colours_of_the_system(screen):
    screen.page.emulate_media(color_scheme="dark")
    screen.draw_digit(7)
    screen.expect_digit(7)
    dark = screen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert screen.ink_at(*GLYPHS[7][0]) == [True] * 4
    dark_ink = screen.page.evaluate(INK_COLOUR)
    screen.page.emulate_media(color_scheme="light")
    assert screen.page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    screen.wait_until(f"(dark) => {INK_COLOUR} !== dark", arg=dark_ink)
    assert screen.ink_at(*GLYPHS[7][0]) == [True] * 4


@pytest.mark.parametrize("width, height", [(360, 640), (390, 844), (844, 390), (640, 360)])
def test_a_phone_shows_the_answer_and_the_tools_without_scrolling(phone, width, height):
    phone.page.set_viewport_size({"width": width, "height": height})
    phone.draw_digit(7, "touch")
    phone.expect_digit(7)
    line = GLYPHS[7][0]
    assert phone.ink_at(*line, (0.9, 0.1)) == [True] * len(line) + [False]
    for part in (
        phone.model,
        phone.prediction,
        phone.chart,
        phone.canvas,
        phone.pen,
        phone.clear,
        phone.status,
    ):
        assert is_within(part, width, height), part
    assert phone.canvas.bounding_box()["width"] >= 280
    assert phone.page.evaluate(SCROLLED)[:3] == [0, 0, width]


def test_a_finger_on_the_canvas_draws_and_does_not_scroll(phone):
    phone.page.set_viewport_size({"width": 360, "height": 400})
    phone.canvas.scroll_into_view_if_needed()
    before = phone.page.evaluate("scrollY")
    phone.draw([(0.5, 0.8), (0.5, 0.6), (0.5, 0.4), (0.5, 0.2)], "touch")
    phone.expect_digit(1)
    assert phone.page.evaluate("scrollY") == before


def test_the_panel_with_the_times_fits_on_a_phone(phone):
    with phone.drawing([(0.5, 0.2), (0.5, 0.5), (0.5, 0.7)], "touch"):
        phone.expect_digit(1)
    with phone.drawing([(0.5, 0.7), (0.5, 0.8)], "touch"):
        # Chromium takes a tap after a flick, which this one would be, for its end.
        phone.page.wait_for_timeout(100)
    phone.speed.tap()
    expect(phone.times_of("total").nth(1)).to_have_text(re.compile(r"^\d+\.\d\d$"))
    phone.benchmark.tap()
    phone.wait_until("document.getElementById('benchmark-progress').value >= 20")
    phone.benchmark.tap()
    expect(phone.benchmark_result).to_have_text(re.compile(r": \d+ inferences: median"))
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 360
    for part in (
        phone.times,
        phone.backend_choice,
        phone.benchmark,
        phone.benchmark_result,
        phone.benchmark_chart,
    ):
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360, part
