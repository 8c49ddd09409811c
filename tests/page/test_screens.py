"""The page on other screens: scaled canvases, sharp screens, phones, dark colours."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.digit_page import PRESS, DigitPage
from tests.support.glyphs import GLYPHS

TABLET = {"width": 820, "height": 900}
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
  return devicePixelRatio === 3 && Math.abs(canvas.width - 3 * canvas.clientWidth) <= 1;
}"""
PIXELS = "document.getElementById('draw-canvas').width"
INK_COLOUR = "document.getElementById('draw-canvas').getContext('2d').strokeStyle"
# An observer tells of a new size before a frame is painted, and then the page changes more.
FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SET_TEXT_SIZE = f"""async (size) => {{
  document.documentElement.style.fontSize = size;
  await {FRAMES};
}}"""
SET_OPACITY = "(opacity) => { document.documentElement.style.opacity = opacity; }"
SCROLLED = """() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  return [scrollX, scrollY, scrollWidth, scrollHeight];
}"""
# Which parts are not to be seen whole.
NOT_WITHIN = """([selectors, width, height]) => selectors.filter((selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const isAcross = box.left >= 0 && box.right <= width;
  return !(box.width && isAcross && box.top >= 0 && box.bottom <= height);
})"""


@pytest.fixture
def sharp(phone):
    """A tablet, whose pixels are a phone's."""
    phone.page.set_viewport_size(TABLET)
    return phone


@pytest.fixture
def screen(digits):
    """For what is measured in CSS pixels: a sharp screen has four times the pixels to paint."""
    yield digits
    digits.page.evaluate("document.documentElement.style.fontSize = ''")
    digits.page.emulate_media(color_scheme="light")
    digits.page.set_viewport_size(DESKTOP)


@pytest.fixture
def laid_out(screen):
    """Of which only the places of its parts are asked for: a pixel that nobody sees is not painted,
    which halves the time that a size takes."""
    screen.page.evaluate(SET_OPACITY, "0")
    yield screen
    screen.page.evaluate(SET_OPACITY, "")


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
    before = sharp.page.evaluate(PIXELS)
    sharp.page.set_viewport_size({"width": 400, "height": 600})
    sharp.wait_until(f"(before) => {PIXELS} < 0.6 * before && ({EVERY_PIXEL})()", before)
    assert sharp.inked_share() == pytest.approx(share, rel=0.02)
    assert sharp.ink_at(*(point for line in GLYPHS[4] for point in line)) == [True] * 5
    assert sharp.probabilities() == probabilities


ANSWER_AND_TOOLS = ("#draw-canvas", "#prob-chart", "#prediction", "#clear", "#status")


def show_on(digits: DigitPage, width: int, height: int) -> None:
    """Returns once the page has taken its place on a screen of this size."""
    digits.page.set_viewport_size({"width": width, "height": height})
    digits.page.evaluate(FRAMES)


def test_pad_answer_and_the_open_panel_fit_one_screen_of_a_desktop(laid_out):
    laid_out.draw_digit(7)
    laid_out.expect_digit(7)
    for name in ("input", "layers", "why", "neighbours", "both", "speed"):
        laid_out.open_panel(name)
        # The smallest comes last: by then the panel shows all it has.
        for width, height in ((1920, 1080), (1366, 768), (1280, 800), (1280, 720)):
            show_on(laid_out, width, height)
            state = (name, width, height)
            parts = [*ANSWER_AND_TOOLS, f"#panel-{name}"]
            assert laid_out.page.evaluate(NOT_WITHIN, [parts, width, height]) == [], state
            assert laid_out.page.evaluate(SCROLLED) == [0, 0, width, height], state
            assert laid_out.canvas.bounding_box()["width"] >= 0.7 * height, state


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
# Which panel is open, what overlaps, what is cut off, and how wide the parts are.
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
    open: seen("#panels > section").map(nameOf),
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
# The same in several sizes of text.
LAYOUTS = f"""async (sizes) => {{
  const layouts = [];
  for (const size of sizes) {{
    await ({SET_TEXT_SIZE})(size);
    layouts.push(({LAYOUT})());
  }}
  return layouts;
}}"""
TEXTS = ("100%", "150%", "200%")


def test_nothing_overlaps_is_cut_off_or_scrolls_sideways(laid_out):
    for width, height in SIZES:
        show_on(laid_out, width, height)
        for name in (None, "speed", "why"):
            if name:
                laid_out.tab(name).evaluate(PRESS)
            layouts = laid_out.page.evaluate(LAYOUTS, TEXTS)
            for text, layout in zip(TEXTS, layouts, strict=True):
                state = (width, height, name, text)
                assert layout["open"] == [f"panel-{name}"] * bool(name), state
                assert layout["overlaps"] == layout["cutOff"] == [], state
                assert layout["width"] == width, state
                assert layout["chartWidth"] >= 80, state
                (model_width, model_font), (pen_width, pen_font) = layout["selects"]
                assert model_width >= 100 and pen_width >= 80, state
                assert min(model_font, pen_font) >= 16, state  # iOS zooms in on smaller text
        laid_out.tab("why").evaluate(PRESS)


def test_the_pad_is_as_large_as_the_screen_allows(laid_out):
    for width, height, least in (
        (390, 844, 366),
        (820, 1180, 740),
        (768, 1024, 700),
        (1920, 1080, 840),
        (844, 390, 360),
    ):
        show_on(laid_out, width, height)
        assert laid_out.canvas.bounding_box()["width"] >= least, (width, height)


def test_examples_share_and_save_stand_in_one_row_on_a_phone(laid_out):
    for width, height in ((320, 568), (360, 640), (390, 844), (844, 390)):
        show_on(laid_out, width, height)
        boxes = [button.bounding_box() for button in laid_out.page.locator(".actions button").all()]
        assert len(boxes) == 3 and len({box["y"] for box in boxes}) == 1, (width, height)


def test_a_projector_is_used_in_its_whole_width(laid_out):
    show_on(laid_out, 1920, 1080)
    box = laid_out.page.locator(".page").bounding_box()
    assert box["width"] >= 0.9 * 1920


@pytest.mark.parametrize("width, height", [(320, 568), (390, 844), (844, 390), (1280, 800)])
def test_the_pad_stands_still_while_one_draws(laid_out, width, height):
    """Regression: it jumped by 44 px when the first time of an inference came."""
    show_on(laid_out, width, height)
    first, second = GLYPHS[4]
    for text in TEXTS:
        laid_out.page.evaluate(SET_TEXT_SIZE, text)
        laid_out.canvas.scroll_into_view_if_needed()
        before = laid_out.canvas.bounding_box()
        laid_out.draw(first, None)
        laid_out.expect_answer()
        laid_out.draw(second, None)
        laid_out.expect_digit(4)
        assert laid_out.canvas.bounding_box() == before, text
        laid_out.wipe()
        laid_out.expect_no_answer()


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
