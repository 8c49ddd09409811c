"""What is asked of the page for those who hear it, use its keyboard, or choose their own colours
and sizes; tests/ACCESSIBILITY.md says which criterion each test is for."""

import re
from itertools import product

import pytest
from playwright.sync_api import expect

from export.publish.site_files import ROOT
from tests.support.digit_page import START_MS, DigitPage
from tests.support.page_scripts import Hold

AXE = (ROOT / "site/node_modules/axe-core/axe.min.js").read_text()
RUN_AXE = """async ([part, rules]) => {
  const { violations } = await axe.run(part, { resultTypes: ["violations"], ...rules });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target} ${failureSummary}`));
}"""
COLOUR_RULES = {"runOnly": ["color-contrast", "link-in-text-block"]}
# What one part of the page may be at fault with beside the others.
RULES_OF_WHOLE = {"runOnly": ["heading-order", "landmark-unique", "duplicate-id-aria"]}
COUNT_SPEECH = """
  globalThis.spoken = [];
  globalThis.listener?.disconnect();
  globalThis.listener = new MutationObserver(() =>
    spoken.push(document.getElementById("speech").textContent));
  listener.observe(document.getElementById("speech"), { childList: true });
"""
COLOURS = """() => ["--bar", "--accent", "--card"].map((name) =>
  getComputedStyle(document.getElementById("prob-chart")).getPropertyValue(name))"""
# Pairs of a colour (of text, cursor, line numbers) and what it is seen on: the card, the line of
# the cursor, a selection, or both.
EDITOR_COLOURS = """() => {
  const root = document.getElementById("code-editor").shadowRoot;
  const style = (selector) => getComputedStyle(root.querySelector(selector));
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const seen = (...layers) => {
    context.clearRect(0, 0, 1, 1);
    for (const layer of layers) {
      context.fillStyle = layer;
      context.fillRect(0, 0, 1, 1);
    }
    return `rgb(${context.getImageData(0, 0, 1, 1).data.slice(0, 3)})`;
  };
  const card = getComputedStyle(root.host).backgroundColor;
  const line = style(".cm-activeLine").backgroundColor;
  const selection = style(".cm-selectionBackground").backgroundColor;
  const grounds = [[], [line], [selection], [selection, line]].map((more) => seen(card, ...more));
  const gutter = seen(card, style(".cm-gutters").backgroundColor);
  const texts = [...root.querySelectorAll(".cm-line, .cm-line span")].map((text) =>
    getComputedStyle(text).color);
  return {
    grounds,
    texts: [...new Set(texts)],
    pairs: [
      ...texts.flatMap((text) => grounds.map((ground) => [text, ground])),
      ...grounds.slice(0, 2).map((ground) => [style(".cm-cursor").borderLeftColor, ground]),
      [style(".cm-gutters").color, gutter],
      [style(".cm-activeLineGutter").color,
        seen(gutter, style(".cm-activeLineGutter").backgroundColor)],
    ],
  };
}"""
SELECTED = """() => {
  const root = document.getElementById("code-editor").shadowRoot;
  const line = root.querySelector(".cm-line"), { display } =
    getComputedStyle(root.querySelector(".cm-selectionLayer"));
  const { color, backgroundColor } = getComputedStyle(line, "::selection");
  const system = document.createElement("i");
  system.style.cssText = "forced-color-adjust: none; color: HighlightText; background: Highlight";
  document.body.append(system);
  const expected = getComputedStyle(system);
  const found = [[color, backgroundColor], [expected.color, expected.backgroundColor], display];
  system.remove();
  return found;
}"""
# By the script's own keys: some thirty real ones take longer than what a test asks.
MOVE_TO_THE_MIDDLE = """(canvas) => {
  const send = (type, key) =>
    canvas.dispatchEvent(new KeyboardEvent(type, { key, code: key, bubbles: true }));
  const press = (key) => { send("keydown", key); send("keyup", key); };
  for (const [across, down, times] of
       [["ArrowLeft", "ArrowUp", 20], ["ArrowRight", "ArrowDown", 9]]) {
    send("keydown", across); // a step, too
    for (let time = 0; time < times; time++) press(down);
    send("keyup", across);
  }
  press("ArrowDown");
}"""
PANELS = ("input", "layers", "why", "neighbours", "both", "speed", "code", "examples")


@pytest.fixture
def page(digits):
    digits.page.emulate_media(reduced_motion="reduce")
    yield digits
    digits.page.emulate_media(
        color_scheme="light", forced_colors="none", reduced_motion="no-preference"
    )


@pytest.fixture
def touched(page):
    """A phone's touch screen."""
    size = page.page.viewport_size
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    yield page
    page.cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    page.page.set_viewport_size(size)


def axe(digits: DigitPage, part: str = "html", rules: dict | None = None) -> list[str]:
    """What axe-core finds in a part of the page as it is."""
    if not digits.page.evaluate("'axe' in globalThis"):
        digits.page.evaluate(AXE)
    return digits.page.evaluate(RUN_AXE, [part, rules or {}])


def faults(digits: DigitPage, part: str = "html") -> list[str]:
    """The same in light, and of its colours in dark."""
    digits.page.emulate_media(color_scheme="dark")
    of_dark = axe(digits, part, COLOUR_RULES)
    digits.page.emulate_media(color_scheme="light")
    return axe(digits, part) + of_dark


def luminance(colour: str) -> float:
    """As WCAG defines it, of a colour such as rgb(52, 84, 209)."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_axe_finds_nothing_on_an_empty_pad_and_with_a_digit_drawn_and_each_panel_open(page):
    """Of what is there with every panel it is asked once."""
    assert faults(page) == []
    page.draw_digit(7)
    page.expect_digit(7)
    for theme, rules in (("dark", COLOUR_RULES), ("light", None)):
        page.page.emulate_media(color_scheme=theme)
        for panel in PANELS:
            page.open_panel(panel)
            if panel == "code":
                expect(page.page.locator("#code-editor .cm-gutters")).to_be_visible()
            part = "html" if panel == "examples" else "#panels"
            assert axe(page, part, rules) == [], (panel, theme)
            if theme == "light":
                assert axe(page, rules=RULES_OF_WHOLE) == [], panel


def test_axe_finds_nothing_with_feature_maps_and_with_matrices_of_misread_images(page):
    page.choose("cnn")
    page.draw_digit(7)
    page.expect_digit(7)
    page.open_panel("layers")
    expect(page.page.get_by_role("slider")).to_be_visible()
    assert faults(page, "#panel-layers") == []
    page.open_panel("both")
    if page.page.locator("#misread-part").is_hidden():
        page.page.locator("#misread").click()
    page.page.locator("#confusions td button").first.click()
    expect(page.page.locator("#misread-list button").first).to_be_visible()
    assert faults(page, "#panel-both") == []
    assert axe(page, rules=RULES_OF_WHOLE) == []


def select_code(digits: DigitPage) -> None:
    """Opens a file that has every kind of word, and selects some of its lines."""
    digits.open_panel("code")
    expect(digits.page.locator("#code-editor .cm-gutters")).to_be_visible()
    digits.page.get_by_role("button", name="core/strokes.py", exact=True).click()
    digits.page.locator("#code-editor .cm-content").focus()
    digits.page.keyboard.press("Control+Home")
    for _ in range(3):
        digits.page.keyboard.press("Shift+ArrowDown")
    expect(digits.page.locator("#code-editor .cm-selectionBackground").first).to_be_attached()


def test_code_in_the_editor_stands_out_in_the_colours_of_the_page(page):
    select_code(page)
    for forced, theme in product(("none", "active"), ("light", "dark")):
        page.page.emulate_media(color_scheme=theme, forced_colors=forced)
        colours = page.page.evaluate(EDITOR_COLOURS)
        if forced == "active":
            selected, expected, layer = page.page.evaluate(SELECTED)
            assert (selected, layer) == (expected, "none")
            colours["pairs"] = [
                pair for pair in colours["pairs"] if pair[1] == colours["grounds"][0]
            ]
        else:
            assert len(colours["texts"]) >= 6
            assert len(set(colours["grounds"])) == 4
        is_dark = [luminance(ground) < 0.2 for ground in colours["grounds"][:2]]
        assert is_dark == 2 * [theme == "dark"]
        assert [pair for pair in colours["pairs"] if contrast(*pair) < 4.5] == []


def test_axe_finds_nothing_with_a_link_made(page):
    page.page.locator("#share").click()
    expect(page.page.locator("#share-link")).to_be_visible()
    assert faults(page, "#sharing") == []
    assert axe(page, rules=RULES_OF_WHOLE) == []


def test_axe_finds_nothing_while_the_page_loads_and_when_it_cannot_and_ink_is_said_to_be_unread(
    open_page,
):
    held = Hold("**/weights.safetensors*")
    digits = open_page("?backend=wasm", held)
    digits.errors.allow("Failed to load resource")
    expect(digits.status).to_contain_text("Loading the", timeout=START_MS)
    assert faults(digits) == []
    digits.draw_digit(7)
    expect(digits.root).to_have_attribute("data-state", "loading")
    expect(digits.prediction).to_have_text("Not read yet")
    held.abort()
    expect(digits.root).to_have_attribute("data-state", "error", timeout=60_000)
    assert faults(digits) == []
    held.release()
    digits.retry.click()
    digits.expect_ready()
    digits.expect_digit(7)


def test_axe_finds_nothing_on_the_page_about_the_page(open_page):
    assert faults(open_page("about.html")) == []


def test_the_answer_is_spoken_once_and_when_the_pen_rests(page):
    page.page.evaluate(COUNT_SPEECH)
    page.draw_digit(8, "mouse")
    page.expect_digit(8)
    expect(page.page.locator("#speech")).to_have_text(re.compile("^8"))
    assert len(page.page.evaluate("spoken.filter(Boolean)")) == 1
    page.page.wait_for_timeout(1000)
    assert len(page.page.evaluate("spoken.filter(Boolean)")) == 1
    expect(page.prediction).to_have_attribute("aria-live", "off")


def test_an_answer_that_stays_the_same_is_not_spoken_again(page):
    page.draw_digit(1, "mouse")
    expect(page.page.locator("#speech")).to_have_text("1 (100%)")
    page.page.evaluate(COUNT_SPEECH)
    page.draw([(0.5, 0.4), (0.5, 0.6)])
    page.page.wait_for_timeout(1200)
    assert page.prediction.inner_text() == "1 (100%)"
    assert page.page.evaluate("spoken") == []


def test_tools_that_would_do_nothing_say_so_and_keep_the_focus(page):
    expect(page.clear).to_have_attribute("aria-disabled", "true")
    page.draw_digit(1)
    expect(page.clear).to_have_attribute("aria-disabled", "false")
    page.clear.focus()
    page.page.keyboard.press("Enter")
    expect(page.clear).to_have_attribute("aria-disabled", "true")
    expect(page.clear).to_be_focused()


def test_bars_stand_out_from_the_card_three_to_one(page):
    for forced, theme in product(("none", "active"), ("light", "dark")):
        page.page.emulate_media(color_scheme=theme, forced_colors=forced)
        bar, best, card = page.page.evaluate(COLOURS)
        assert contrast(bar, card) >= 3 and contrast(best, card) >= 3, (forced, theme)


def test_the_chart_follows_the_forced_colours_of_the_system(page):
    page.draw_digit(7)
    page.expect_digit(7)
    before = page.bar_colours()
    page.page.emulate_media(forced_colors="active")
    page.wait_until(
        "(before) => Chart.getChart('prob-chart').data.datasets[0].backgroundColor[0] !== before",
        arg=before[0],
    )
    assert page.bar_colours()[7] == page.page.evaluate(COLOURS)[1]


def test_the_digits_under_the_bars_are_larger_on_a_projector(page):
    size = "Chart.getChart('prob-chart').options.scales.x.ticks.font.size"
    page.page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_until(f"() => {size} >= 16")
    page.page.set_viewport_size({"width": 1280, "height": 720})


def test_letters_are_commands_only_on_the_page_and_in_the_drawing(page):
    page.eraser.click()
    for other in ("#model", "#share", "[aria-controls=panel-why]"):
        page.page.locator(other).focus()
        page.page.keyboard.press("p")
        expect(page.eraser).to_have_attribute("aria-pressed", "true")
    page.undo.focus()
    page.page.keyboard.press("p")
    expect(page.pen).to_have_attribute("aria-pressed", "true")
    page.choose("mlp")
    page.expect_ready()


def test_an_example_is_drawn_by_keyboard(page):
    page.open_panel("examples")
    page.page.locator("#examples-digits button").nth(4).focus()
    page.page.keyboard.press("Enter")
    page.expect_digit(4)


@pytest.mark.parametrize("attempt", range(3))
def test_a_tap_right_after_a_flicked_stroke_counts(touched, attempt):
    digits = touched
    digits.draw([(0.5, 0.2), (0.5, 0.4), (0.5, 0.8)], "touch")
    box = digits.clear.bounding_box()
    spot = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    digits.touch("Start", [(1, spot)])
    digits.touch("End")
    digits.expect_no_answer()
    expect(digits.clear).to_have_attribute("aria-disabled", "true")


def draw_seven_by_keys(digits: DigitPage) -> None:
    """From the middle of the pad, on which the focus is."""
    press = digits.page.keyboard.press
    for key, times in (("ArrowLeft", 4), ("ArrowUp", 5), ("Space", 1), ("ArrowRight", 8)):
        for _ in range(times):
            press(key)
    digits.page.keyboard.down("ArrowDown")
    for _ in range(4):
        press("ArrowLeft")
    digits.page.keyboard.up("ArrowDown")
    for _ in range(6):
        press("ArrowDown")
    press("Space")


def move_to_the_middle(digits: DigitPage) -> None:
    """From wherever the cursor is: to the corner, where it stays, and half the way back."""
    digits.canvas.evaluate(MOVE_TO_THE_MIDDLE)
    expect(digits.page.locator("#pad-speech")).to_have_text(
        "Pen up in the middle, 50% across, 50% down the pad"
    )


@pytest.fixture
def keyed(page):
    """The page with the focus on its pad, to which Tab has led, and the cursor in the middle."""
    page.page.locator("#model").focus()
    expect(page.page.locator("#pad-cursor")).to_be_hidden()
    page.page.keyboard.press("Tab")
    expect(page.canvas).to_be_focused()
    expect(page.page.locator("#pad-cursor")).to_be_visible()
    move_to_the_middle(page)
    return page


def test_a_digit_is_drawn_by_keyboard_and_undone_as_one_stroke(keyed):
    draw_seven_by_keys(keyed)
    keyed.expect_digit(7)
    keyed.page.keyboard.press("Control+z")
    keyed.expect_no_answer()


def test_the_pad_says_which_keys_draw_and_shows_it_to_whoever_uses_keys(keyed):
    keys = keyed.page.locator("#pad-keys")
    expect(keyed.canvas).to_have_accessible_name(re.compile("^Drawing pad: .* keys$"))
    expect(keyed.canvas).to_have_accessible_description(keys.text_content())
    assert "Arrow keys" in keys.text_content() and "Space" in keys.text_content()
    expect(keys).to_be_visible()
    expect(keyed.page.locator("#pad-cursor")).to_be_visible()
    assert faults(keyed, ".drawing") == []
    keyed.draw([(0.3, 0.3), (0.6, 0.6)])
    expect(keyed.page.locator("#pad-cursor")).to_be_hidden()


def test_the_pen_is_heard_when_it_is_lowered_and_lifted_and_once_it_rests(keyed):
    keyed.page.evaluate(COUNT_SPEECH.replace('"speech"', '"pad-speech"'))
    press, said = keyed.page.keyboard.press, keyed.page.locator("#pad-speech")
    for _ in range(8):
        press("ArrowLeft")
    expect(said).to_have_text("Pen up at the left, 10% across, 50% down the pad")
    press("Space")
    expect(said).to_have_text("Pen down at the left, 10% across, 50% down the pad")
    for _ in range(8):
        press("Shift+ArrowUp")
    expect(said).to_have_text("Pen down at the left, 10% across, 42% down the pad")
    press("Space")
    expect(said).to_have_text("Pen up at the left, 10% across, 42% down the pad")
    assert len(keyed.page.evaluate("spoken")) == 4


def test_leaving_the_pad_lifts_the_pen_and_space_draws_nothing_after_a_pointer(keyed):
    press = keyed.page.keyboard.press
    press("Space")
    press("ArrowRight")
    press("Tab")
    keyed.expect_answer()
    press("Shift+Tab")
    expect(keyed.page.locator("#pad-cursor")).to_be_visible()
    for _ in range(5):
        press("ArrowDown")
    assert keyed.ink_at((0.55, 0.7)) == [False]
    keyed.clear.click()
    keyed.draw([(0.2, 0.2), (0.2, 0.8)])
    press("Space")
    keyed.undo.click()
    keyed.expect_no_answer()


def test_facts_are_those_of_the_answer_and_of_the_chosen_model(page):
    page.draw_digit(7)
    page.expect_digit(7)
    expect(page.inference_time).to_have_text(re.compile(r"^\d"))
    page.wipe()
    expect(page.inference_time).to_have_text("\N{EN DASH}")
    before = page.parameters.inner_text()
    page.choose("cnn")
    expect(page.parameters).not_to_have_text(before)
    page.expect_ready()


def test_model_and_panel_are_those_of_the_last_visit_unless_the_address_names_a_model(page):
    page.choose("cnn")
    page.expect_ready()
    page.open_panel("both")
    page.page.reload()
    page.expect_ready()
    expect(page.model).to_have_value("cnn")
    expect(page.panel("both")).to_be_visible()
    page.choose("mlp")
    page.expect_ready()
    page.page.goto(page.page.url + "&model=cnn")
    page.expect_ready()
    expect(page.model).to_have_value("cnn")
    expect(page.backend).to_have_text("wasm")
    page.draw_digit(4)
    page.expect_digit(4)


def test_the_footer_leads_to_source_privacy_and_license(page):
    for name in ("How it works", "Source", "Privacy", "License"):
        link = page.page.get_by_role("link", name=name).get_attribute("href")
        assert link.startswith("./about.html")
