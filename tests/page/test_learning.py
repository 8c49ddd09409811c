"""Corrections on the real page: the answer changes at once, what was taught stays, and forgetting
leaves no trace."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from py_frontend.core.strokes import Stroke
from py_frontend.core.taught import Taught, TaughtDrawing
from py_frontend.core.taught_file import to_text
from tests.support.browser import shared_page
from tests.support.digit_page import DigitPage
from tests.support.glyphs import GLYPHS
from tests.support.page_scripts import scripts

DATABASE = "webgpu-digits taught"
HAS_DATABASE = f"""async () =>
  (await indexedDB.databases()).some(({{ name }}) => name === {json.dumps(DATABASE)})"""
KEPT = f"""() => new Promise((resolve, reject) => {{
  const opening = indexedDB.open({json.dumps(DATABASE)});
  opening.onerror = reject;
  opening.onsuccess = () => {{
    const counting = opening.result.transaction("drawings").objectStore("drawings").count();
    counting.onsuccess = () => {{ opening.result.close(); resolve(counting.result); }};
  }};
}})"""
# window.storage says what is wrong with the store; on the first visit it refuses.
FAULTS = """
  const { open, deleteDatabase } = IDBFactory.prototype, { add } = IDBObjectStore.prototype;
  window.storage = sessionStorage.visited ? "" : "refused";
  sessionStorage.visited = "yes";
  IDBFactory.prototype.open = function (name, ...version) {
    if (window.storage === "refused" && name.endsWith("taught"))
      throw new DOMException("not in a private window", "InvalidStateError");
    return open.call(this, name, ...version);
  };
  IDBObjectStore.prototype.add = function (...values) {
    if (window.storage !== "full") return add.apply(this, values);
    throw new DOMException("no room", "QuotaExceededError");
  };
"""
LATER_VERSION = f"""async () => {{
  const opening = indexedDB.open({json.dumps(DATABASE)}, 99);
  await new Promise((resolve) => {{ opening.onsuccess = resolve; }});
  opening.result.close();
}}"""
DELETE = f"() => {{ indexedDB.deleteDatabase({json.dumps(DATABASE)}); }}"

learning_page = shared_page("?backend=wasm", scripts(FAULTS))


@pytest.fixture
def page(learning_page: DigitPage) -> DigitPage:
    learning_page.page.evaluate("window.storage = ''")
    learning_page.reset()
    forget(learning_page)
    yield learning_page
    learning_page.errors.check()


def button(page: DigitPage, label: str):
    return page.page.locator(f"#correct-{label}")


def expect_taught(page: DigitPage, number: int) -> None:
    drawings = "1 drawing" if number == 1 else f"{number} drawings"
    expect(page.page.locator("#learned")).to_have_text(re.compile(f"^{drawings} taught"))


def expect_remark(page: DigitPage, words: str) -> None:
    expect(page.page.locator("#learned")).to_contain_text(words)


def forget(page: DigitPage) -> None:
    page.page.locator("#forget").click()
    expect_taught(page, 0)
    page.wait_until(f"async () => !(await ({HAS_DATABASE})())")


def teach(page: DigitPage, digit: int, label: str) -> None:
    """Draws a digit, and says that it is another."""
    page.wipe()
    page.draw_digit(digit)
    page.expect_answer()
    button(page, label).click()


def test_a_correction_changes_the_answer_and_is_counted(page):
    page.draw_digit(8)
    page.expect_digit(8)
    expect_taught(page, 0)
    button(page, "3").click()
    page.expect_sure(3)
    expect_taught(page, 1)
    expect(button(page, "3")).to_have_attribute("aria-pressed", "true")
    assert max(range(10), key=page.probabilities().__getitem__) == 3


def test_the_key_of_a_digit_corrects_but_not_in_a_field(page):
    page.draw_digit(8)
    page.expect_digit(8)
    page.page.keyboard.press("3")
    page.expect_digit(3)
    page.model.focus()
    page.page.keyboard.press("5")
    page.page.keyboard.press("Control+6")
    page.expect_digit(3)
    expect_taught(page, 1)


def test_without_an_answer_nothing_is_taught(page):
    button(page, "3").click()
    page.page.keyboard.press("3")
    page.expect_no_answer()
    expect_taught(page, 0)


def test_what_was_said_last_counts_and_the_same_twice_as_once(page):
    page.draw_digit(8)
    page.expect_digit(8)
    for label in ("3", "3", "5"):
        button(page, label).click()
        page.expect_digit(int(label))
        expect_taught(page, 1)


def test_a_correction_that_would_cost_mnist_too_much_is_weakened_and_the_page_says_so(page):
    for digit, label in ((8, "3"), (1, "7")):
        teach(page, digit, label)
    expect_remark(page, "2 drawings taught. This correction is weakened")
    page.expect_digit(1)


def test_not_a_digit_is_doubted_and_a_taught_scribble_is_not(page):
    teach(page, 8, "none")
    page.expect_abstention(8)
    page.wipe()
    page.draw([(0.2, 0.2), (0.8, 0.8), (0.2, 0.7), (0.8, 0.3), (0.3, 0.5), (0.6, 0.9)])
    page.page.wait_for_timeout(300)
    button(page, "4").click()
    page.expect_sure(4)


def test_taking_back_gives_the_answer_as_if_it_had_never_been_taught(page):
    page.draw_digit(8)
    page.expect_digit(8)
    before = page.probabilities()
    for number, (digit, label) in enumerate([(8, "3"), (1, "7"), (4, "9")], 1):
        teach(page, digit, label)
        expect_taught(page, number)
    page.open_panel("learned")
    figures = page.page.locator("#learned-list figure")
    for left in (3, 2, 1):
        expect(figures).to_have_count(left)
        figures.nth(left // 2).get_by_role("button").click()
    expect_taught(page, 0)
    page.close_panels()
    page.wipe()
    page.draw_digit(8)
    page.expect_digit(8)
    # Bit for bit in tests/core/test_teacher.py: a mouse does not draw the very same points again.
    assert page.probabilities() == pytest.approx(before, abs=1e-6)


def test_the_panel_tells_what_was_taught_and_what_it_brought(page):
    page.open_panel("learned")
    effect, figures = (page.page.locator(f"#learned-{name}") for name in ("effect", "list figure"))
    expect(effect).to_contain_text("Nothing is taught yet")
    teach(page, 8, "3")
    expect(figures.locator("figcaption")).to_contain_text("8 \N{RIGHTWARDS ARROW} 3")
    expect(effect).to_contain_text("the network alone reads 0 right, and 1 with all")
    expect(effect).to_contain_text("Estimated cost on MNIST")


def test_all_panels_show_what_is_read_after_a_correction(page):
    page.draw_digit(8)
    page.open_panel("both")
    both = page.page.locator("#prediction-mlp"), page.page.locator("#prediction-cnn")
    for prediction in both:
        expect(prediction).to_contain_text("8")
    button(page, "3").click()
    for prediction in both:
        expect(prediction).to_contain_text("3 (")
    page.open_panel("why")
    expect(page.page.locator("#why-heat")).to_have_accessible_name(
        re.compile("^Heat map for a 3: "), timeout=20_000
    )


def test_another_model_learns_by_itself(page):
    teach(page, 8, "3")
    page.expect_digit(3)
    page.choose("cnn")
    page.expect_ready()
    page.expect_digit(3)
    expect_taught(page, 1)


@contextmanager
def another_tab(page: DigitPage) -> Iterator[DigitPage]:
    """In the process of the page, where Python is compiled already."""
    with page.page.expect_popup() as new:
        page.page.evaluate("window.open('about:blank'); null")
    tab = DigitPage(new.value)
    yield tab.open(page.page.url).expect_ready()
    tab.page.close()
    tab.errors.check()


def test_what_was_taught_is_there_on_the_next_visit_and_in_other_tabs_until_it_is_forgotten(page):
    assert not page.page.evaluate(HAS_DATABASE)
    teach(page, 8, "3")
    page.expect_digit(3)
    page.wait_until(HAS_DATABASE)
    page.wait_until(f"async () => await ({KEPT})() === 1")
    with another_tab(page) as other:
        expect_taught(other, 1)
        other.draw_digit(8)
        other.expect_digit(3)
        other.wipe()
        other.draw_digit(4)
        other.expect_digit(4)
        teach(page, 4, "none")
        expect_taught(other, 2)
        other.expect_abstention(4)
        forget(other)
        expect_taught(page, 0)
        page.expect_digit(4)
        other.expect_digit(4)
    page.page.reload()
    page.expect_ready()
    expect_taught(page, 0)
    assert not page.page.evaluate(HAS_DATABASE)
    page.draw_digit(8)
    page.expect_digit(8)


@pytest.mark.parametrize("fault, reason", [("refused", "private window"), ("full", "no room")])
def test_a_store_that_refuses_leaves_a_page_that_works_and_says_that_it_forgets(
    page, fault, reason
):
    page.page.evaluate("(fault) => { window.storage = fault; }", fault)
    teach(page, 8, "3")
    page.expect_digit(3)
    expect_remark(page, "This browser will forget them when the page is closed.")
    expect_remark(page, reason)
    page.page.evaluate("window.storage = ''")
    teach(page, 4, "none")
    expect_taught(page, 2)


def test_a_store_of_a_later_version_leaves_a_page_that_works(page):
    page.page.evaluate(LATER_VERSION)
    teach(page, 8, "3")
    page.expect_digit(3)
    expect_remark(page, "VersionError")
    page.page.evaluate(DELETE)


def test_anchors_that_are_missing_are_told_and_learned_from_later(page):
    page.page.route("**/learning/mlp.safetensors*", lambda route: route.fulfill(status=404))
    page.errors.expect("404")
    teach(page, 8, "3")
    expect(page.status).to_contain_text("remembered, but not used yet")
    page.expect_digit(8)
    expect_taught(page, 1)
    page.page.unroute("**/learning/mlp.safetensors*")
    teach(page, 4, "none")
    page.expect_abstention(4)
    page.wipe()
    page.draw_digit(8)
    page.expect_digit(3)
    page.expect_ready()


def load(page: DigitPage, text: str) -> None:
    file = {"name": "taught.json", "mimeType": "application/json", "buffer": text.encode()}
    page.page.locator("#taught-file").set_input_files(file)


def test_a_file_carries_what_was_taught_to_a_page_that_knows_nothing_of_it(page):
    teach(page, 8, "3")
    page.expect_digit(3)
    page.open_panel("learned")
    with page.page.expect_download() as saving:
        page.page.locator("#save-taught").click()
    saved = saving.value.path().read_text()
    forget(page)
    page.expect_digit(8)
    for text in ("nonsense", "[]", '{"format": "digits taught by hand", "version": 9}'):
        load(page, text)
        expect(page.page.locator("#taught-note")).to_contain_text("Nothing was loaded")
        page.page.locator("#taught-note").evaluate("(note) => { note.textContent = ''; }")
    expect_taught(page, 0)
    load(page, saved)
    expect_taught(page, 1)
    page.expect_digit(3)
    page.wipe()
    page.draw_digit(8)
    page.expect_digit(3)


def test_both_backends_read_the_same_after_corrections(page):
    for digit, label in ((8, "3"), (1, "7"), (4, "none")):
        teach(page, digit, label)
    expect_taught(page, 3)
    found = {}
    for backend in ("webgpu", "wasm"):
        page.choose_backend(backend)
        expect(page.backend).to_have_text(backend)
        page.expect_ready()
        found[backend] = []
        for digit in (8, 1, 4, 3):
            page.wipe()
            page.expect_no_answer()
            page.draw_digit(digit)
            page.expect_answer()
            found[backend] += page.probabilities()
    assert found["webgpu"] == pytest.approx(found["wasm"], abs=1e-3)


def a_hundred() -> Taught:
    """Each of the ten digits in ten heights, and every one called by the next one's name."""

    def drawing(number: int) -> TaughtDrawing:
        shift = number / 1000
        lines = [
            [(280 * x, 280 * (y * (1 - shift) + shift)) for x, y in line[::4]]
            for line in GLYPHS[number % 10]
        ]
        strokes = tuple(Stroke("pen", 16.0, tuple(line)) for line in lines)
        return TaughtDrawing(strokes, (number + 1) % 10)

    return Taught().with_all(map(drawing, range(100)))


def test_a_hundred_corrections_leave_a_page_that_answers(page):
    page.open_panel("learned")
    load(page, to_text(a_hundred()))
    expect_taught(page, 100)
    for digit, label in ((1, "4"), (7, "2")):
        teach(page, digit, label)
        page.expect_answer()
        expect_taught(page, 100)
    expect(page.page.locator("#learned-list figure")).to_have_count(100)
    expect(page.page.locator("#learned-effect")).to_contain_text("weakened", timeout=60_000)
    figures = page.page.locator("#learned-list figcaption")
    expect(figures.last).to_contain_text("7 \N{RIGHTWARDS ARROW} 2")
