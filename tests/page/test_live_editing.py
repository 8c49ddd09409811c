"""Edits of the working tree, in the page that the dev server serves."""

import json
import re
from contextlib import contextmanager
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.support.digit_page import DigitPage
from tests.support.glyphs import GLYPHS
from tests.support.live_page import serving_live
from tests.support.page_scripts import scripts

ANSWER = "str(answer.prediction)"
MARKED = "'Edited ' + str(answer.prediction)"
EDITED = "browser/answer.py"
CARD = f"py_frontend/{EDITED}"
IMAGE = "py_frontend/core/image.py"
NUMBERS = count(1)
WASM = "?backend=wasm"  # which starts sooner
EDITS = 3  # a listener that one edit leaves behind shows after two

COUNTS = """() => Object.fromEntries(window.counts)"""
COUNT = """
  window.counts = new Map();
  const count = (name, step) => window.counts.set(name, (window.counts.get(name) ?? 0) + step);
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  // A request to the store goes with its listeners: one may be under way while these are counted.
  const stays = (target) => !(target instanceof IDBRequest);
  EventTarget.prototype.addEventListener = function (name, ...more) {
    if (stays(this) && !more[1]?.once) count(name, 1);
    return addEventListener.call(this, name, ...more);
  };
  EventTarget.prototype.removeEventListener = function (name, ...more) {
    if (stays(this)) count(name, -1);
    return removeEventListener.call(this, name, ...more);
  };
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """A tree and the address of its page."""
    with serving_live(tmp_path_factory.mktemp("tree")) as (tree, url):
        yield tree, url


@pytest.fixture
def tree(live):
    return live[0]


@pytest.fixture(scope="module")
def shared(live, tabs):
    """The page of the tree, which counts its listeners."""
    url = live[1] + WASM
    with tabs.opened(url, scripts(COUNT)) as digits:
        yield digits.expect_ready()


@pytest.fixture
def page(shared):
    """It, as if it were new, with a seven and a dot that was taken back."""
    shared.reset()
    shared.draw_digit(7)
    shared.draw([(0.9, 0.9)])
    shared.undo.click()
    shared.expect_digit(7)
    yield shared
    shared.errors.check()


@pytest.fixture(scope="module")
def unopened(tmp_path_factory):
    """A tree of its own, for edits that no page is to see that is open already."""
    with serving_live(tmp_path_factory.mktemp("unopened")) as (tree, url):
        yield tree, url


@pytest.fixture(scope="module")
def starting(tabs):
    """A page for starts of that tree, which leaves it before an edit is undone."""
    with tabs.opened() as digits:
        yield digits


@contextmanager
def edited(tree, name, old, new):
    """In the body of the `with` a file reads otherwise."""
    before = tree.edit(name, old, new)
    try:
        yield
    finally:
        tree.save(name, before)


def fault(digits):
    return digits.page.locator("#fault")


def retitle(tree):
    """Gives the page another heading, for which it has to be loaded anew; gives the heading."""
    heading = f"Digits {next(NUMBERS)}"
    text = (tree.root / "site/index.html").read_text()
    tree.save("site/index.html", re.sub("<h1>.*</h1>", f"<h1>{heading}</h1>", text))
    return heading


def put_picture(digits):
    """Puts a misread test image on the pad; gives what it is read as."""
    digits.open_panel("both")
    digits.page.locator("#misread").click()
    digits.page.locator("#confusions td button").first.click()
    image = digits.page.locator("#misread-list button").first
    image.click()
    answer = int(image.text_content()[-1])
    digits.expect_digit(answer)
    return answer


def put_picture_for_cnn(digits):
    """As `put_picture`, of which another network has an answer of its own."""
    before = put_picture(digits)
    digits.choose("cnn")
    digits.expect_ready()
    expect(digits.prediction).not_to_have_text(re.compile(f"^{before}"))
    digits.expect_answer()
    return int(digits.prediction.inner_text()[0])


def test_what_cannot_be_exchanged_reloads_the_page_to_the_same_state(tree, page):
    """Also until Python runs: the one reload has a picture on the pad, and a dot to be redone."""
    answer = put_picture_for_cnn(page)
    page.draw([(0.9, 0.9)])
    page.undo.click()
    share, held = page.inked_share(), []
    page.page.route("**/main.py", lambda route: held.append(route))
    expect(page.page.locator("h1")).to_have_text(retitle(tree), timeout=30_000)
    expect(page.prediction).to_have_text("Not read yet")
    expect(page.clear).to_have_attribute("aria-disabled", "false")
    assert page.inked_share() == pytest.approx(share, abs=0.02)
    page.redo.click()
    assert page.ink_at((0.9, 0.9)) == [True]
    page.undo.click()
    page.clear.click()
    assert page.inked_share() == 0
    page.undo.click()
    for route in held:
        route.continue_()
    page.page.unroute("**/main.py")
    page.expect_ready()
    page.expect_digit(answer)
    assert page.model.input_value() == "cnn"
    expect(page.panel("both").locator(".panel")).to_be_visible()
    assert page.inked_share() == share
    page.redo.click()
    page.expect_no_answer()
    page.undo.click()
    page.expect_digit(answer)


def test_an_edit_shows_without_a_reload_and_with_all_that_was_there(tree, page):
    page.choose("cnn")
    page.expect_ready()
    page.open_panel("input")
    page.eraser.click()
    page.page.evaluate("window.isSame = true")
    with edited(tree, CARD, ANSWER, MARKED):
        expect(page.prediction).to_have_text(re.compile("^Edited 7"))
        assert page.page.evaluate("window.isSame")
        assert page.model.input_value() == "cnn"
        expect(page.panel("input").locator(".panel")).to_be_visible()
        expect(page.eraser).to_have_attribute("aria-pressed", "true")
        page.redo.click()
        assert page.ink_at((0.9, 0.9)) == [True]
        for _ in ("the dot", *GLYPHS[7]):
            page.undo.click()
        expect(page.prediction).to_have_text("Draw a digit")
    page.redo.click()
    expect(page.prediction).not_to_have_text(re.compile("Edited"))


def test_a_picture_on_the_pad_stays_over_an_edit(tree, page):
    answer = put_picture(page)
    share = page.inked_share()
    with edited(tree, CARD, ANSWER, MARKED):
        expect(page.prediction).to_have_text(re.compile(f"^Edited {answer}"))
        assert page.inked_share() == share > 0
        page.undo.click()
        expect(page.prediction).to_have_text(re.compile("^Edited 7"))
        page.redo.click()
        expect(page.prediction).to_have_text(re.compile(f"^Edited {answer}"))
    page.expect_digit(answer)


def test_modules_that_are_new_and_modules_that_go_need_no_list(tree, page):
    tree.save("py_frontend/core/shout.py", "def shout(text):\n    return f'{text}!'\n")
    with edited(tree, CARD, ANSWER, "shout(str(answer.prediction))"):
        expect(fault(page)).to_contain_text("browser/answer.py")
        expect(fault(page)).to_contain_text("NameError: name 'shout' is not defined")
        page.errors.expect("NameError")
    importing = "from core.shout import shout\n\nNOTHING_DRAWN ="
    with (
        edited(tree, CARD, "NOTHING_DRAWN =", importing),
        edited(tree, CARD, ANSWER, "shout(str(answer.prediction))"),
    ):
        expect(page.prediction).to_have_text(re.compile("^7.*!$"))
        tree.remove("py_frontend/core/shout.py")
        expect(fault(page)).to_contain_text("No module named 'core.shout'")
        expect(page.prediction).to_have_text(re.compile("^7.*!$"))
    expect(fault(page)).to_be_hidden()


FAULTS = {
    "a syntax error": ("def mnist_image(", "def mnist_image((", "core/image.py", "SyntaxError"),
    "an error while importing": (
        "SIDE_PX = ",
        "from .nowhere import nothing\nSIDE_PX = ",
        "from .nowhere import nothing",
        "No module named 'core.nowhere'",
    ),
}


def test_a_typing_error_that_is_saved_while_the_page_runs_is_told_once(tree, page):
    with edited(tree, CARD, ANSWER, f"{ANSWER} +"):
        expect(fault(page)).to_contain_text("browser/answer.py, line ")
        shown = page.page.locator("body").inner_text()
        assert shown.count("SyntaxError:") == 1
        assert "Traceback" not in shown and "Check the connection" not in shown
    expect(fault(page)).to_be_hidden()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_line_and_the_page_goes_on(tree, page, name):
    old, new, place, message = FAULTS[name]
    tree.faults.clear()
    with edited(tree, IMAGE, old, new):
        expect(fault(page)).to_contain_text(place)
        expect(fault(page)).to_contain_text(message)
        expect(fault(page)).to_contain_text("line ")
        page.wait_until("document.querySelector('#fault').role === 'alert'")
        page.draw([(0.9, 0.9)])
        page.expect_answer()
        assert place in tree.faults[0] and message in tree.faults[0]
    expect(fault(page)).to_be_hidden()


def test_an_error_in_the_first_answer_brings_the_version_before_back(tree, page):
    with edited(tree, CARD, ANSWER, "str(answer.prediction) + 1"):
        expect(fault(page)).to_contain_text("browser/answer.py, line ")
        expect(fault(page)).to_contain_text("TypeError: can only concatenate str")
        expect(fault(page)).to_contain_text("str(answer.prediction) + 1")
        page.expect_digit(7)
        page.errors.expect("TypeError")
        page.redo.click()
        page.expect_answer()
    expect(fault(page)).to_be_hidden()


def test_an_error_in_the_first_answer_is_found_on_an_empty_pad_too(tree, page):
    page.clear.click()
    with edited(tree, CARD, ANSWER, "str(answer.prediction) + 1"):
        expect(fault(page)).to_contain_text("TypeError")
        page.expect_no_answer()
        page.errors.expect("TypeError")
    expect(fault(page)).to_be_hidden()


def test_styles_change_without_a_reload(tree, page):
    """Where the sheet before stayed, what was taken from it would go on."""
    page.page.evaluate("window.isSame = true")
    assert page.page.evaluate("getComputedStyle(document.body).containerName") == "page"
    rule = "body { container: page / inline-size;"
    with edited(tree, "site/theme.css", rule, "body { border-top: 7px solid;"):
        page.wait_until("getComputedStyle(document.body).borderTopWidth === '7px'")
        page.wait_until("getComputedStyle(document.body).containerName === 'none'")
        assert page.page.evaluate("window.isSame")


def test_listeners_do_not_pile_up_over_edits(tree, page):
    """Of both backends."""
    page.choose_backend("auto")
    page.expect_settled()
    text, counts = (tree.root / CARD).read_text(), []
    for number in range(EDITS):
        tree.save(CARD, text.replace(ANSWER, f"'{number}th ' + {ANSWER}"))
        expect(page.prediction).to_have_text(re.compile(f"^{number}th 7"))
        counts.append(page.page.evaluate(COUNTS))
    tree.save(CARD, text)
    page.expect_digit(7)
    page.choose_backend("wasm")
    assert counts[1] == counts[-1]


def test_what_exchanges_the_others_reloads_the_page(tree, page):
    """The last test of this page: its next start would take longer, with so many edits."""
    name, old, new = "py_frontend/browser/live.py", "The page goes on with", "Still running:"
    with page.page.expect_event("load"):
        tree.edit(name, old, new)
    page.expect_ready()
    page.expect_digit(7)
    with edited(tree, CARD, ANSWER, f"{ANSWER} +"):
        expect(fault(page)).to_contain_text(new)


@pytest.mark.parametrize(
    "name, old, new, says",
    [
        (
            "py_frontend/main.py",
            "pad = DrawingPad()",
            "pad = DrawingPad((",
            "main.py, line {line}: SyntaxError: '(' was never closed",
        ),
        (CARD, ANSWER, f"{ANSWER} +", "browser/answer.py, line {line}: SyntaxError: "),
        (
            "py_frontend/main.py",
            "pad = DrawingPad()",
            "pad = DrawingPod()",
            "main.py, line {line}: NameError: name 'DrawingPod' is not defined",
        ),
    ],
)
def test_a_page_that_starts_with_a_typing_error_tells_it_once_with_its_line(
    unopened, starting, name, old, new, says
):
    (tree, url), digits = unopened, starting
    with edited(tree, name, old, new):
        digits.open(url + WASM)
        text = (tree.root / name).read_text()
        line = text[: text.index(new)].count("\n") + 1
        says = says.format(line=line)
        expect(digits.root).to_have_attribute("data-state", "error", timeout=60_000)
        expect(digits.status).to_contain_text(says)
        expect(fault(digits)).to_be_hidden()
        shown = digits.page.locator("body").inner_text()
        assert shown.count("Error:") == 1
        assert "Traceback" not in shown and "Check the connection" not in shown
        digits.open("about:blank")
    digits.errors.expect("Traceback")
    digits.errors.check()


IS_MARKED = """(path) => Object.entries(localStorage).some(([key, edit]) =>
  key.startsWith("webgpu-digits attempt") && edit.includes(path))"""
MARK = "([name, edit]) => localStorage.setItem(`webgpu-digits attempt ${name}`, edit)"
WANTED = "core/image.py"
# Waits for the end of a stream that has none: a loop would take the processor from the page beside.
ENDLESS = (
    "import js; request = js.XMLHttpRequest.new(); "
    f"request.open('GET', '/dev/changes?since={10**19}', False); request.send()"
)
GUESS = "    return max(range(CLASSES), key=values"
WHILE_READING = "core/prediction.py"
KEEP = "js.window.kept = js.JSON.stringify(js.localStorage)"


def test_an_edit_is_marked_before_its_code_runs(tree, page):
    """And no more once it has."""
    with edited(tree, CARD, "class AnswerCard", f"import js\n{KEEP}\nclass AnswerCard"):
        page.wait_until("window.kept")
        kept = json.loads(page.page.evaluate("window.kept"))
        assert any("attempt" in name and EDITED in edit for name, edit in kept.items())
        page.expect_digit(7)
        page.wait_until(f"!({IS_MARKED})({json.dumps(EDITED)})")


def test_a_page_that_hangs_can_be_started_without_the_edit(unopened, starting):
    """Beside the one that hangs, and after that was closed."""
    (tree, url), digits = unopened, starting
    asked: list[str] = []

    def accept(dialog):
        asked.append(dialog.message)
        dialog.accept()

    def expect_asked():
        [question] = asked
        assert question.startswith(f"The last edit, of {WHILE_READING}, did not come to an end.")
        asked.clear()

    def expect_four():
        digits.expect_ready()
        digits.draw_digit(4)
        digits.expect_digit(4)

    digits.page.on("dialog", accept)
    digits.open(f"{url}about.html")
    hanging = DigitPage(digits.page.context.new_page()).open(url + WASM).expect_ready()
    with edited(tree, f"py_frontend/{WHILE_READING}", GUESS, f"    {ENDLESS}\n{GUESS}"):
        digits.wait_until(IS_MARKED, WHILE_READING)
        digits.open(url + WASM)
        expect_asked()
        digits.expect_ready()
        hanging.page.close()
        digits.page.reload()
        expect_asked()  # the edit is still in the file
        expect_four()
        digits.open("about:blank")
    digits.open(url + WASM)
    expect_four()
    assert not asked
    digits.open("about:blank")
    digits.page.remove_listener("dialog", accept)
    digits.errors.check()


def test_a_page_starts_with_the_edit_where_one_wants_it_or_has_corrected_it(unopened, starting):
    """And what was edited is laid over the memory image."""
    (tree, url), digits = unopened, starting
    asked: list[str] = []

    def dismiss(dialog):
        asked.append(dialog.message)
        dialog.dismiss()

    def attempt(path, text):
        edit = {"before": {path: ""}, "tried": {path: text}}
        digits.page.evaluate(MARK, [path, json.dumps(edit)])

    digits.page.on("dialog", dismiss)
    digits.open(f"{url}about.html")
    with (
        edited(tree, CARD, ANSWER, MARKED),
        edited(tree, IMAGE, "SIDE_PX = ", "WANTED = True\nSIDE_PX = "),
    ):
        attempt(EDITED, "while True: pass")  # which is not what is in the file by now
        attempt(WANTED, (tree.root / IMAGE).read_text())
        digits.open(url + WASM)
        digits.expect_ready()
        digits.draw_digit(7)
        expect(digits.prediction).to_have_text(re.compile("^Edited 7"))
        assert digits.mark("start:image")
        [question] = asked
        assert WANTED in question and EDITED not in question
        for path in (EDITED, WANTED):  # nothing to ask for on the next start
            assert not digits.page.evaluate(IS_MARKED, path)
        digits.open("about:blank")
    digits.page.remove_listener("dialog", dismiss)
    digits.errors.check()
