"""What people reported of other pages, tried on this one; tests/REPORTS.md says who and where."""

from itertools import chain

import pytest
from playwright.sync_api import expect

from tests.support.digit_page import DigitPage
from tests.support.page_scripts import scripts

# What browsers lack or falsify, each as an init script.
BROWSERS = {
    "localStorage null": "Object.defineProperty(window, 'localStorage', { get: () => null })",
    "localStorage undefined": """
      Object.defineProperty(window, 'localStorage', { get: () => undefined })""",
    "no localStorage": "delete window.localStorage; delete Window.prototype.localStorage",
    "no crypto.subtle": """
      Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })""",
    "no service worker": "delete Navigator.prototype.serviceWorker",
    "service worker forbidden": """
      Object.defineProperty(Navigator.prototype, 'serviceWorker', {
        get() { throw new DOMException('The operation is insecure.', 'SecurityError'); } })""",
    "no GPUAdapter.info": "delete GPUAdapter.prototype.info",
    "IndexedDB that never answers": "IDBFactory.prototype.open = () => new EventTarget()",
    "IndexedDB forbidden": """
      IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); };
      addEventListener('unhandledrejection', (event) => event.preventDefault())""",
    "pixels falsified": """
      const { getImageData } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.getImageData = function (...box) {
        const image = getImageData.apply(this, box);
        for (let i = 0; i < image.data.length; i++) image.data[i] ^= Math.random() * 255;
        return image;
      }""",
    "a coarse clock": """
      const { now } = Performance.prototype;
      Performance.prototype.now = function () { return 100 * Math.floor(now.call(this) / 100); }""",
    "arrays with more methods": "Array.prototype.last = function () { return this.at(-1); }",
}
# Browsers that lack much at once, of which nothing hides another; each on a page of its own.
TOGETHER = [
    ("localStorage null", "no service worker", "IndexedDB that never answers", "a coarse clock"),
    ("localStorage undefined", "service worker forbidden", "IndexedDB forbidden"),
    (
        "no localStorage",
        "no crypto.subtle",
        "pixels falsified",
        "no GPUAdapter.info",
        "arrays with more methods",
    ),
]
NEED_GPU = {"localStorage null", "a coarse clock", "no GPUAdapter.info"}  # where backends are timed
RATIO_1 = {"deviceScaleFactor": 1, "mobile": False}
INK = "document.getElementById('draw-canvas').getContext('2d').strokeStyle"


def test_every_browser_is_tried():
    assert sorted(chain(*TOGETHER)) == sorted(BROWSERS)


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_what_a_browser_lacks_or_falsifies_makes_no_difference(open_page, names):
    needs_gpu = not NEED_GPU.isdisjoint(names)
    prepare = scripts(*(BROWSERS[name] for name in names))
    digits = open_page("" if needs_gpu else "?backend=wasm", prepare).expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    if needs_gpu:
        digits.expect_settled()
        digits.expect_digit_on_each_backend(7)


@pytest.mark.parametrize("select", ["all", "dragged"])
def test_a_selection_on_the_page_does_not_end_strokes(digits: DigitPage, select):
    mouse = digits.page.mouse
    if select == "all":
        digits.page.keyboard.press("Control+a")
    else:
        digits.page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
        box = digits.page.locator("h1").bounding_box()
        mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
        mouse.down()
        mouse.move(*digits.at((0.5, 0.5)), steps=5)
        mouse.up()
    digits.draw_digit(7, "mouse")
    digits.expect_digit(7)
    assert digits.ink_at((0.45, 0.8), (0.35, 0.24)) != [False, False]
    digits.page.evaluate("getSelection().removeAllRanges()")


def test_a_pen_takes_over_from_a_palm_whose_ink_goes(phone: DigitPage):
    phone.touch("Start", [(1, phone.at((0.8, 0.8)))])
    phone.draw([(0.2, 0.2), (0.5, 0.2)], "pen")
    assert phone.ink_at((0.35, 0.2), (0.8, 0.8)) == [True, False]
    phone.touch("End")


def test_a_key_event_without_a_key_does_nothing(digits: DigitPage):
    """As Chrome's autofill sends them; a traceback in the console would fail the test."""
    digits.page.evaluate("document.dispatchEvent(new Event('keydown', { bubbles: true }))")
    digits.page.evaluate("document.body.dispatchEvent(new Event('keydown', { bubbles: true }))")
    digits.page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'p' }))")
    digits.draw_digit(1)
    digits.expect_digit(1)


def test_a_pixel_ratio_that_changes_without_a_resize_keeps_ink_and_pointer_together(
    digits: DigitPage,
):
    digits.draw([(0.2, 0.2), (0.2, 0.8)])
    size = digits.page.viewport_size
    assert size
    for ratio in (2, 1, 3):
        digits.cdp.send(
            "Emulation.setDeviceMetricsOverride",
            {**size, **RATIO_1, "deviceScaleFactor": ratio},
        )
        digits.wait_until("(ratio) => devicePixelRatio === ratio", ratio)
        digits.page.evaluate("new Promise((done) => setTimeout(done, 100))")
        digits.draw([(0.2 + ratio / 5, 0.2), (0.2 + ratio / 5, 0.8)])
    assert digits.ink_at((0.2, 0.5), (0.4, 0.5), (0.6, 0.5), (0.8, 0.5)) == [True] * 4
    assert digits.ink_at((0.1, 0.1), (0.3, 0.5), (0.5, 0.5), (0.9, 0.9)) == [False] * 4
    digits.cdp.send("Emulation.setDeviceMetricsOverride", {**size, **RATIO_1})


def test_the_left_button_lifted_while_the_right_one_is_down_ends_the_stroke(digits: DigitPage):
    mouse = digits.page.mouse
    mouse.move(*digits.at((0.3, 0.3)))
    mouse.down()
    mouse.move(*digits.at((0.3, 0.6)))
    mouse.down(button="right")
    mouse.up()
    mouse.move(*digits.at((0.8, 0.6)))
    mouse.up(button="right")
    assert digits.ink_at((0.3, 0.45), (0.6, 0.6)) == [True, False]


@pytest.mark.parametrize("how", ["system", "extension"])
def test_colours_that_change_during_a_stroke_change_its_ink(digits: DigitPage, how):
    with digits.drawing([(0.3, 0.3), (0.6, 0.6)]):
        before = digits.page.evaluate(INK)
        if how == "system":
            digits.page.emulate_media(color_scheme="dark")
        else:
            digits.page.evaluate(
                """() => {
                  const sheet = new CSSStyleSheet();
                  sheet.replaceSync("#draw-canvas { color: #eee !important; background: #111 }");
                  document.adoptedStyleSheets = [sheet];
                }"""
            )
        digits.wait_until(f"(before) => {INK} !== before", before)
        assert digits.ink_at((0.45, 0.45)) == [True]
    digits.page.emulate_media(color_scheme="light")
    digits.page.evaluate("document.adoptedStyleSheets = []")


def test_without_a_clipboard_a_link_is_still_made(phone: DigitPage):
    phone.draw_digit(7)
    phone.page.locator("#share").click()
    assert "#" in phone.page.locator("#share-link").input_value()


@pytest.mark.parametrize("fragment", ["#%E0%A4%A", "#%", "#" + "A" * 5000, "#d=%00&d=", "#?x=y"])
def test_a_fragment_that_makes_no_sense_does_not_stop_the_page(digits: DigitPage, fragment):
    digits.page.evaluate("(fragment) => { location.hash = fragment; }", fragment)
    digits.expect_ready()
    digits.draw_digit(1)
    digits.expect_digit(1)
    digits.page.evaluate("location.hash = ''")
    digits.expect_ready()


def test_a_translated_page_still_answers_and_after_the_back_button_choice_and_answer_agree(
    phone: DigitPage,
):
    """Translators put <font> elements around texts and take the old nodes away."""
    phone.page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const texts = [];
          while (walker.nextNode()) texts.push(walker.currentNode);
          for (const text of texts.filter((node) => node.data.trim())) {
            const font = document.createElement("font");
            font.textContent = text.data;
            text.replaceWith(font);
          }
        }"""
    )
    phone.draw_digit(7)
    phone.expect_digit(7)
    phone.choose("cnn")
    phone.expect_ready()
    phone.expect_digit(7)
    phone.wipe()
    phone.expect_no_answer()
    phone.page.goto("about:blank")
    phone.page.go_back()
    phone.expect_ready()
    parameters = {"mlp": "670,730", "cnn": "298,626"}[phone.model.input_value()]
    expect(phone.parameters).to_have_text(parameters)


def test_a_chart_that_was_hidden_comes_back_in_its_size(digits: DigitPage):
    digits.draw_digit(7)
    digits.expect_digit(7)
    before = digits.chart.bounding_box()
    digits.chart.evaluate("(chart) => { chart.parentElement.style.display = 'none'; }")
    digits.page.set_viewport_size({"width": 900, "height": 700})
    digits.wipe()
    digits.draw_digit(1)
    digits.expect_digit(1)
    digits.page.set_viewport_size({"width": 1280, "height": 720})
    digits.chart.evaluate("(chart) => { chart.parentElement.style.display = ''; }")
    digits.page.evaluate("new Promise((done) => setTimeout(done, 200))")
    after = digits.chart.bounding_box()
    assert (after["width"], after["height"]) == (before["width"], before["height"])


def test_undo_is_undo_with_caps_lock(digits: DigitPage):
    digits.draw_digit(1)
    digits.page.evaluate(
        """document.body.dispatchEvent(new KeyboardEvent("keydown",
          { key: "Z", code: "KeyZ", ctrlKey: true, bubbles: true, cancelable: true }))"""
    )
    digits.expect_no_answer()


def test_mouse_finger_and_pen_take_turns(phone: DigitPage):
    places = {"mouse": 0.2, "touch": 0.5, "pen": 0.8}
    for pointer, x in [*places.items(), *places.items()]:
        phone.draw([(x, 0.2), (x, 0.8)], pointer)
    for _ in range(3):
        phone.undo.click()
    assert phone.ink_at(*((x, 0.5) for x in places.values())) == [True] * 3


def test_ink_stays_when_the_page_is_scrolled(digits: DigitPage):
    size = digits.page.viewport_size
    digits.page.set_viewport_size({"width": 700, "height": 400})
    digits.draw([(0.3, 0.2), (0.3, 0.4)])
    shown = digits.inked_share()
    digits.page.mouse.wheel(0, 300)
    digits.wait_until("scrollY > 0")
    digits.page.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert digits.inked_share() == shown > 0
    digits.page.set_viewport_size(size)


def test_two_taps_in_a_row_make_two_dots_and_no_zoom(phone: DigitPage):
    for point in ((0.3, 0.3), (0.32, 0.3)):
        phone.draw([point], "touch")
    assert phone.page.evaluate("visualViewport.scale") == 1
    phone.undo.click()
    assert phone.ink_at((0.3, 0.3)) == [True]


def test_without_memory_for_a_canvas_the_page_says_so(open_page):
    """Safari gives no context where its canvases together are too large."""
    no_context = "HTMLCanvasElement.prototype.getContext = () => null"
    digits = open_page("?backend=wasm", prepare=scripts(no_context))
    digits.errors.allow(".")
    expect(digits.root).to_have_attribute("data-state", "error", timeout=15_000)
