"""The panels that look inside, on one page: what they show of a drawing, and that they cost nothing
while they are closed."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.digit_page import DigitPage

# Red, green, blue and alpha of every pixel, from a copy: Chromium warns of reading a canvas often.
PIXELS = """(canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}"""
INKED = f"(canvas) => ({PIXELS})(canvas).filter((value, at) => at % 4 === 3 && value).length"
PANELS = ("input", "layers", "why", "neighbours", "both", "speed")
SIDE = 28


@pytest.fixture
def page(digits: DigitPage) -> DigitPage:
    return digits


def part(page: DigitPage, element_id: str):
    return page.page.locator(f"#{element_id}")


def open_saving(page: DigitPage) -> None:
    if part(page, "save-png").is_hidden():
        page.page.locator("[aria-controls=panel-saving]").click()


def inked(canvas) -> int:
    """How many pixels of a canvas are not empty."""
    return canvas.evaluate(INKED)


def pixels_of(canvas) -> list[int]:
    return canvas.evaluate(f"(canvas) => Array.from(({PIXELS})(canvas))")


def test_closed_panels_cost_no_inference(page):
    page.draw_digit(7)
    page.expect_digit(7)
    page.probabilities()
    runs, answers = page.page.evaluate("wasmRuns"), len(page.measures("predict:inference"))
    page.draw_digit(3)
    page.probabilities()
    more_answers = len(page.measures("predict:inference")) - answers
    assert page.page.evaluate("wasmRuns") - runs == more_answers > 0


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_opens_by_keyboard_and_closes_the_one_before(page, name):
    other = PANELS[PANELS.index(name) - 1]
    page.open_panel(other)
    page.tab(name).focus()
    page.page.keyboard.press("Enter")
    expect(page.panel(name)).to_be_visible()
    expect(page.tab(name)).to_have_attribute("aria-expanded", "true")
    expect(page.panel(other)).to_be_hidden()
    expect(page.tab(other)).to_have_attribute("aria-expanded", "false")


def test_the_input_panel_shows_the_image_as_the_network_reads_it(page):
    page.draw_digit(4)
    page.expect_digit(4)
    page.open_panel("input")
    image = part(page, "input-image")
    expect(image).to_be_visible()
    page.wait_until(f"({INKED})(document.getElementById('input-image')) > 0")
    alpha = pixels_of(image)[3::4]
    assert len(alpha) == SIDE * SIDE and max(alpha) == 255
    rows = [y for y in range(SIDE) if max(alpha[y * SIDE : (y + 1) * SIDE]) > 127]
    columns = [x for x in range(SIDE) if max(alpha[x::SIDE]) > 127]
    assert 19 <= max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1 <= 21
    middle = sum(place % SIDE * ink for place, ink in enumerate(alpha)) / sum(alpha)
    assert middle == pytest.approx(14, abs=0.2)
    expect(image).to_have_accessible_name(
        f"28 by 28 image, ink in rows {rows[0] + 1} to {rows[-1] + 1} "
        f"and columns {columns[0] + 1} to {columns[-1] + 1}"
    )
    page.clear.click()
    page.expect_no_answer()
    assert inked(image) == 0
    expect(image).to_have_accessible_name("28 by 28 image, no ink")


def test_each_step_of_the_input_is_a_picture_that_a_press_enlarges(page):
    page.open_panel("input")
    page.draw_digit(4)
    page.expect_digit(4)
    page.probabilities()
    caption = part(page, "input-caption").text_content()
    for name in ("drawn", "erased", "boxed", "centred", "penned"):
        button = part(page, f"step-{name}")
        assert inked(button.locator("canvas")) > 10
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(part(page, "input-step")).to_be_visible()
        expect(part(page, "input-image")).to_be_hidden()
        expect(part(page, "input-caption")).to_have_text(button.get_attribute("title"))
        assert inked(part(page, "input-step")) > 100
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(part(page, "input-image")).to_be_visible()
    expect(part(page, "input-caption")).to_have_text(caption)


def test_a_step_is_enlarged_by_keyboard_and_says_what_it_shows(page):
    page.open_panel("input")
    page.draw_digit(4)
    page.expect_digit(4)
    button, enlarged = part(page, "step-drawn"), part(page, "input-step")
    button.focus()
    page.page.keyboard.press("Enter")
    expect(enlarged).to_have_accessible_name("As drawn, enlarged: 2 strokes")
    page.page.keyboard.press("Tab")
    expect(part(page, "step-erased")).to_be_focused()
    page.page.keyboard.press("Space")
    expect(enlarged).to_have_accessible_name("Erased, enlarged: 2 strokes left")
    page.clear.click()
    expect(enlarged).to_have_accessible_name("Erased, enlarged: nothing drawn")
    part(page, "step-erased").click()


def test_the_input_follows_the_colours_of_the_system(page):
    page.open_panel("input")
    page.draw_digit(1)
    page.expect_digit(1)
    image = part(page, "input-image")

    def ink_colour() -> list[int]:
        pixels = pixels_of(image)
        darkest = max(range(3, len(pixels), 4), key=pixels.__getitem__)
        return pixels[darkest - 3 : darkest]

    for scheme, is_light in (("dark", True), ("light", False)):
        page.page.emulate_media(color_scheme=scheme)
        page.page.wait_for_timeout(100)
        assert (min(ink_colour()) > 127) is is_light


def test_the_layers_of_the_cnn_are_maps_that_can_be_walked_through_by_keys_and_pointer(page):
    page.choose("cnn")
    page.draw_digit(5)
    page.expect_digit(5)
    page.open_panel("layers")
    maps, caption = part(page, "layer-maps"), part(page, "layer-caption")
    expect(maps).to_have_accessible_name(re.compile(r"Strongest: \d+, \d+, \d+$"))
    expect(caption).to_have_text(re.compile(r"^Map 1 of \d+: each of its values sees \d+ by \d+"))
    assert inked(maps) > 100
    maps.focus()
    page.page.keyboard.press("ArrowRight")
    expect(caption).to_have_text(re.compile("^Map 2 of "))
    page.page.keyboard.press("ArrowLeft")
    expect(caption).to_have_text(re.compile("^Map 1 of "))
    page.page.keyboard.press("End")
    expect(caption).to_have_text(re.compile(r"^Map (\d+) of \1:"))
    page.page.keyboard.press("Home")
    expect(caption).to_have_text(re.compile("^Map 1 of "))
    box = maps.bounding_box()
    maps.hover(position={"x": box["width"] - 3, "y": 3})
    expect(caption).not_to_have_text(re.compile("^Map 1 of "))
    name = maps.get_attribute("aria-label")
    page.clear.click()
    page.expect_no_answer()
    expect(maps).to_be_hidden()
    page.draw_digit(1)
    page.expect_digit(1)
    expect(maps).not_to_have_accessible_name(name)


def test_the_chosen_map_is_marked_and_said_with_where_it_is_active(page):
    page.choose("cnn")
    page.draw_digit(5)
    page.expect_digit(5)
    page.open_panel("layers")
    maps, mark = page.page.get_by_role("slider"), part(page, "layer-mark")
    maps.focus()
    page.page.keyboard.press("End")
    count = maps.get_attribute("aria-valuemax")
    expect(maps).to_have_attribute("aria-valuenow", count)
    expect(mark).to_be_in_viewport(ratio=0.9)
    words = re.compile(f"^Map {count} of {count}: (most active (in|at) the |not active)")
    expect(maps).to_have_attribute("aria-valuetext", words)
    expect(part(page, "layer-kernel")).to_have_accessible_name(
        re.compile(rf"^Weights of map {count}: \d+ add, in blue, and \d+ take away, in red$")
    )
    around, last = maps.bounding_box(), mark.bounding_box()
    assert last["y"] + last["height"] == pytest.approx(around["y"] + around["height"], abs=2)
    strongest = re.findall(r"\d+", maps.get_attribute("aria-label").partition("Strongest")[2])
    page.page.keyboard.press("Home")
    expect(maps).to_have_attribute("aria-valuenow", "1")
    around, first = maps.bounding_box(), mark.bounding_box()
    assert first["x"] == pytest.approx(around["x"], abs=1)
    assert first["y"] == pytest.approx(around["y"], abs=1)
    for _ in range(int(strongest[0]) - 1):
        page.page.keyboard.press("ArrowRight")
    expect(maps).to_have_attribute("aria-valuetext", re.compile("most active"))


def test_the_layers_of_the_mlp_are_its_most_active_units_in_their_order(page):
    page.open_panel("layers")
    page.draw_digit(5)
    page.expect_digit(5)
    units = part(page, "layer-units").locator("figure:visible")
    expect(units.first).to_contain_text("Unit ")
    activities = [float(text.split(": ")[1]) for text in units.all_text_contents()]
    assert len(activities) > 3 and activities == sorted(activities, reverse=True)
    assert activities[0] > 0 and inked(units.first.locator("canvas")) > 100


def test_every_layer_that_is_offered_can_be_shown(page):
    page.open_panel("layers")
    page.draw_digit(5)
    for model, layers in (("mlp", 2), ("cnn", 6)):
        page.choose(model)
        page.expect_digit(5)
        choice = part(page, "layer-choice")
        expect(choice.locator("option")).to_have_count(layers)
        for value in choice.evaluate("(it) => [...it.options].map(({ value }) => value)"):
            choice.select_option(value)
            shown = page.page.locator("#layer-image:visible, #layer-vector:visible")
            expect(shown).to_have_count(1)


def test_a_layer_that_the_next_model_lacks_is_not_asked_of_it(page):
    """Regression: it was where the panel was closed while the model changed."""
    page.choose("cnn")
    page.open_panel("layers")
    page.page.locator("#layer-choice").select_option("layer 14")
    page.tab("layers").click()
    page.choose("mlp")
    page.draw_digit(5)
    page.expect_digit(5)
    page.open_panel("layers")
    expect(page.page.locator("#layer-vector")).to_be_visible()
    expect(page.status).not_to_contain_text("does not work")


def test_the_reasons_are_those_of_the_digit_that_is_read_or_chosen(page):
    page.draw_digit(4)
    page.expect_digit(4)
    page.open_panel("why")
    heat = part(page, "why-heat")
    expect(heat).to_have_accessible_name(re.compile("^Heat map for a 4"), timeout=30_000)
    assert inked(heat) > 20 and inked(part(page, "why-ink")) > 20
    expect(heat).to_have_accessible_name(re.compile("ink (at|in) the .* speaks most for it"))
    expect(part(page, "why-curves")).to_have_accessible_name(
        re.compile(r"^The logit is -?\d+\.\d\. With half of the ink deleted it is ")
    )
    expect(part(page, "why-strokes")).to_contain_text("Without")
    part(page, "why-digit").select_option("2")
    expect(heat).to_have_accessible_name(re.compile("^Heat map for a 2"), timeout=30_000)
    part(page, "why-digit").select_option("read")
    page.clear.click()
    expect(part(page, "why-strokes")).to_have_text("Draw a digit.")
    expect(heat).to_have_accessible_name("Heat map: none yet")
    expect(part(page, "why-curves")).to_have_accessible_name("Deletion curves: none yet")


def test_the_neighbours_of_a_seven_are_sevens_and_a_dot_on_the_map(page):
    page.open_panel("neighbours")
    expect(part(page, "neighbour-dot")).to_be_hidden()
    page.draw_digit(7)
    page.expect_digit(7)
    expect(part(page, "neighbour-caption")).to_contain_text("nearest training images are 7s")
    expect(part(page, "neighbour-dot")).to_be_visible()
    spot = part(page, "neighbour-map")
    assert inked(spot) > 1000
    expect(spot).to_have_accessible_name(
        re.compile(r"^Map of \d,\d{3} training images: you are nearest to the 7s$")
    )
    first = part(page, "neighbour-list").locator("figure").first
    expect(first).to_be_visible()
    assert inked(first.locator("canvas")) > 20
    label, distance = first.text_content().split(": ")
    expect(first.get_by_role("img")).to_have_accessible_name(f"A {label} at distance {distance}")
    page.clear.click()
    expect(part(page, "neighbour-caption")).to_have_text("Draw a digit.")
    expect(part(page, "neighbour-dot")).to_be_hidden()
    expect(spot).to_have_accessible_name("Map of training images: no drawing on it")


def test_both_models_read_the_same_drawing_and_say_whether_they_agree(page):
    page.draw_digit(3)
    page.expect_digit(3)
    page.open_panel("both")
    for name in ("mlp", "cnn"):
        expect(part(page, f"prediction-{name}")).to_have_text(re.compile(r"^3 \(\d+%\)$"))
        expect(part(page, f"inference-time-{name}")).to_have_text(re.compile(r"^\d+\.\d$"))
        expect(part(page, f"prob-chart-{name}")).to_have_accessible_name(
            re.compile("^Probabilities: 0: ")
        )
    expect(part(page, "agreement")).to_have_text("They agree on 3.")
    page.clear.click()
    page.expect_no_answer()
    expect(part(page, "prediction-cnn")).to_have_text("–")
    expect(part(page, "agreement")).to_have_text("Draw a digit.")


def test_a_misread_image_is_put_on_the_pad_and_explained_like_a_drawing(page):
    page.choose("cnn")
    page.open_panel("both")
    if part(page, "misread-part").is_hidden():
        part(page, "misread").click()
    matrices = part(page, "confusions").locator("table")
    expect(matrices).to_have_count(2)
    cnn = matrices.nth(1)
    cnn.get_by_role("button", name=re.compile("^all ")).click()
    count = int(cnn.get_by_role("button").first.text_content().split()[1])
    images = part(page, "misread-list").get_by_role("button")
    expect(images).to_have_count(count)
    label, answer = re.findall(r"\d", images.first.text_content())
    images.first.click()
    expect(part(page, "misread-caption")).to_contain_text(f"a {label} read as {answer}.")
    page.expect_digit(int(answer))
    assert page.inked_share() > 0.02
    page.open_panel("why")
    heat = part(page, "why-heat")
    expect(heat).to_have_accessible_name(re.compile(f"^Heat map for a {answer}"), timeout=30_000)
    page.undo.click()
    page.expect_no_answer()
    page.redo.click()
    page.expect_digit(int(answer))
    page.clear.click()
    page.expect_no_answer()
    assert page.inked_share() == 0


def test_a_misread_image_is_put_on_the_pad_by_keyboard(page):
    page.open_panel("both")
    if part(page, "misread-part").is_hidden():
        part(page, "misread").click()
    press, focused = page.page.keyboard.press, page.page.locator(":focus")
    table = part(page, "confusions").locator("table").first
    expect(table.locator("td [tabindex='0']")).to_have_count(1)
    table.locator("caption button").focus()
    press("Tab")
    cells = table.locator("td button")
    expect(cells.first).to_be_focused()
    press("End")
    expect(cells.last).to_be_focused()
    press("ArrowLeft")
    expect(focused).to_have_accessible_name(re.compile(r"^\d+ of the \ds read as \d$"))
    expect(focused).to_have_css("outline-style", "solid")
    press("Tab")
    press("Shift+Tab")
    expect(focused).to_have_accessible_name(re.compile(r"^\d+ of the \ds read as \d$"))
    table.locator("caption button").focus()
    press("Space")
    images = part(page, "misread-list").get_by_role("button")
    images.first.focus()
    press("ArrowRight")
    expect(images.nth(1)).to_be_focused()
    press("Enter")
    expect(part(page, "misread-caption")).to_contain_text("On the pad: test image")
    page.expect_answer()
    press("Tab")
    expect(part(page, "misread-list").locator(":focus")).to_have_count(0)


def test_a_stroke_on_a_picture_takes_its_place(page):
    page.open_panel("both")
    if part(page, "misread-part").is_hidden():
        part(page, "misread").click()
    part(page, "confusions").locator("td button").first.click()
    part(page, "misread-list").get_by_role("button").first.click()
    page.expect_answer()
    page.draw_digit(7)
    page.expect_digit(7)


def test_digits_side_by_side_are_noticed_beside_the_answer(page):
    page.draw([(0.2, 0.2), (0.2, 0.8)])
    page.draw([(0.8, 0.2), (0.8, 0.8)])
    expect(part(page, "notice")).to_contain_text("2 digits? Draw one digit at a time.")
    page.clear.click()
    expect(part(page, "notice")).to_have_text("")


@pytest.mark.parametrize("kind, start", [("png", b"\x89PNG"), ("svg", b"<svg ")])
def test_a_drawing_is_saved_as_a_picture(page, kind, start):
    page.draw_digit(7)
    page.expect_digit(7)
    open_saving(page)
    with page.page.expect_download() as download:
        part(page, f"save-{kind}").click()
    assert download.value.suggested_filename == f"drawing.{kind}"
    assert download.value.path().read_bytes().startswith(start)


def test_an_empty_pad_is_not_saved(page):
    open_saving(page)
    part(page, "save-png").click()
    expect(part(page, "share-note")).to_have_text("Draw something first.")


def test_copying_the_picture_says_whether_the_browser_allowed_it(page):
    page.draw_digit(7)
    page.expect_digit(7)
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_saving(page)
    part(page, "copy-picture").click()
    expect(part(page, "share-note")).to_have_text("The picture is copied.")
    page.page.context.clear_permissions()


def test_the_bars_have_values_while_they_are_pointed_at_or_focused(page):
    labels = "String(Chart.getChart('prob-chart').data.labels[7])"
    page.draw_digit(7)
    page.expect_digit(7)
    page.chart.hover()
    page.wait_until(f"/^7,\\d+%$/.test({labels})")
    page.page.mouse.move(1, 1)
    page.wait_until(f"{labels} === '7'")
    page.chart.focus()
    page.wait_until(f"/^7,\\d+%$/.test({labels})")
    page.chart.blur()
    page.wait_until(f"{labels} === '7'")


def test_a_panel_whose_file_is_missing_says_so_and_the_answer_stays(page):
    page.choose("cnn")
    page.draw_digit(7)
    page.expect_digit(7)
    page.page.route(
        "**/neighbours/cnn.safetensors*", lambda route: route.fulfill(status=404, body="")
    )
    page.open_panel("neighbours")
    expect(page.status).to_contain_text("A panel does not work.")
    expect(page.status).to_contain_text("neighbours/cnn.safetensors could not be loaded")
    page.expect_ready()
    page.expect_digit(7)
    page.errors.expect("Failed to load resource")
    page.page.unroute("**/neighbours/cnn.safetensors*")
