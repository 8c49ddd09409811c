"""The panel "Code": the page's own Python, changed by whoever visits it."""

import json
import re
import subprocess

import pytest
from playwright.sync_api import expect

from py_frontend.core.edits import Kept, edits, to_fragment, to_text
from py_frontend.core.experiments import EXPERIMENTS
from tests.setup.test_walls import FRONTEND
from tests.support.page_scripts import Hold, scripts

CARD = "browser/answer.py"
SHOWN = "str(answer.prediction)"
KEY = "webgpu-digits code"
RECORD = f"JSON.parse(localStorage.getItem({json.dumps(KEY)}))"
WORKS = f"{RECORD}?.works"
KEEP = "([key, record]) => localStorage.setItem(key, record)"
FORGET = f"localStorage.removeItem({json.dumps(KEY)})"
DOUBT = "Always doubt"
WASM = "?backend=wasm"  # which starts sooner
FETCHED = "performance.getEntriesByType('resource').map(({ name }) => name)"
VIOLATIONS = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation",
    ({ blockedURI }) => violations.push(blockedURI));
"""


def source(path):
    return (FRONTEND / path).read_text()


def editor(digits):
    return digits.page.locator("#code-editor .cm-content")


def button(digits, name):
    return digits.panel("code").get_by_role("button", name=name, exact=True)


def diff(digits):
    return digits.page.locator("#code-diff")


def status(digits):
    return digits.page.locator("#code-status")


def fault(digits):
    return digits.page.locator("#fault")


def follow(digits, fragment):
    """The page that is open gets another fragment, as by a press on a link."""
    digits.page.evaluate("(fragment) => { location.hash = fragment; }", fragment)


def write(digits, path, text):
    """Puts a text in the place of a file's."""
    button(digits, path).click()
    editor(digits).click()
    digits.page.keyboard.press("Control+A")
    digits.page.keyboard.press("Delete")
    digits.page.keyboard.insert_text(text)


def forget_all(digits):
    """Leaves the page, as if this browser had never opened it."""
    digits.page.evaluate("localStorage.clear()")
    digits.open("about:blank")


def keep(digits, record):
    """For the next start."""
    digits.page.evaluate(KEEP, [KEY, record])


@pytest.fixture(scope="module")
def shared(tabs, site_url):
    """A page with the panel open."""
    with tabs.opened(site_url + WASM, scripts(VIOLATIONS)) as digits:
        digits.expect_ready()
        digits.open_panel("code")
        expect(editor(digits)).to_be_visible()
        yield digits


@pytest.fixture
def digits(shared):
    """It, with a seven and with the code as it is published."""
    shared.wipe()
    shared.draw_digit(7)
    shared.expect_digit(7)
    yield shared
    shared.page.evaluate("history.replaceState(null, '', location.pathname + location.search)")
    if diff(shared).text_content():
        button(shared, "Take back").click()
        shared.wait_until(f"{WORKS} && {RECORD}.edits.length === 0")
    expect(diff(shared)).to_be_empty()
    expect(fault(shared)).to_be_hidden()
    shared.page.evaluate(FORGET)
    shared.errors.check()


def test_control_enter_applies_what_was_typed_and_one_click_takes_it_back(digits):
    write(digits, CARD, source(CARD).replace(SHOWN, f"'Mine ' + {SHOWN}"))
    digits.page.keyboard.press("Control+Enter")
    expect(digits.prediction).to_have_text(re.compile("^Mine 7"))
    expect(editor(digits)).to_be_focused()
    expect(diff(digits)).to_contain_text(f"b/py_frontend/{CARD}")
    expect(diff(digits)).to_contain_text("+            'Mine ' + str(answer.prediction),")
    button(digits, "Take back").click()
    digits.expect_digit(7)
    expect(diff(digits)).to_be_empty()
    assert digits.page.evaluate("violations") == []


def test_a_fault_is_told_and_the_page_goes_on(digits):
    write(digits, CARD, source(CARD).replace("class AnswerCard", "class = AnswerCard"))
    button(digits, "Apply").click()
    expect(fault(digits)).to_contain_text(f"{CARD}, line ")
    expect(fault(digits)).to_contain_text("SyntaxError")
    digits.wipe()
    digits.draw_digit(4)
    digits.expect_digit(4)


def test_every_experiment_runs_and_says_what_to_look_at(digits):
    """One on top of the other."""
    for experiment in EXPERIMENTS:
        button(digits, experiment.title).click()
        expect(status(digits)).to_have_text(experiment.look)
        expect(diff(digits)).to_contain_text(f"b/py_frontend/{experiment.path}")
        expect(diff(digits)).to_contain_text(experiment.new)
        digits.wait_until(WORKS)
        digits.expect_answer()
        expect(fault(digits)).to_be_hidden()


def test_a_change_can_be_handed_on_as_a_patch_and_as_a_link(digits, site_url, tmp_path):
    """git applies the patch. What the link brings runs after a click only."""
    button(digits, DOUBT).click()
    digits.expect_abstention(7)
    with digits.page.expect_download() as download:
        button(digits, "Download patch").click()
    path = "py_frontend/core/abstention.py"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(source("core/abstention.py"))
    command = ("git", "apply", str(download.value.path()))
    subprocess.run(command, cwd=tmp_path, check=True)
    assert "        return True\n" in (tmp_path / path).read_text()

    button(digits, "Make link").click()
    fragment = digits.page.url.partition("#")[2]
    forget_all(digits)
    digits.open(f"{site_url}{WASM}#{fragment}").expect_ready()
    digits.draw_digit(7)
    digits.expect_sure(7)
    expect(digits.page.locator("#code-question")).to_contain_text("Do you want to run it?")
    expect(digits.page.locator("#code-offered")).to_contain_text("+        return True")
    button(digits, "Run this change").click()
    digits.expect_abstention(7)
    expect(digits.page.locator("#code-offer")).to_be_hidden()


def test_a_change_that_a_link_brings_can_be_left_out(digits):
    follow(digits, to_fragment(CARD, source(CARD), source(CARD).replace(SHOWN, "'no'")))
    button(digits, "Leave it out").click()
    expect(digits.page.locator("#code-offer")).to_be_hidden()
    digits.wipe()
    digits.draw_digit(4)
    digits.expect_digit(4)


def test_a_damaged_link_says_so(digits):
    follow(digits, "code=nonsense")
    expect(status(digits)).to_contain_text("damaged")


def test_keys_in_the_editor_are_no_commands_and_after_escape_tab_leaves_it(digits):
    button(digits, "main.py").click()
    editor(digits).focus()
    digits.page.keyboard.press("Tab")
    expect(editor(digits)).to_be_focused()
    expect(diff(digits)).to_contain_text("main.py")
    digits.page.keyboard.type("e")
    expect(digits.pen).to_have_attribute("aria-pressed", "true")
    digits.page.keyboard.press("Escape")
    digits.page.keyboard.press("Tab")
    expect(button(digits, "Apply")).to_be_focused()


def test_a_change_is_there_on_the_next_visit_unless_it_is_of_another_version_of_the_page(digits):
    button(digits, DOUBT).click()
    digits.expect_abstention(7)
    digits.wait_until(WORKS)
    record = digits.page.evaluate(RECORD)
    record["edits"].append({"path": CARD, "digest": "0", "text": "no"})
    keep(digits, json.dumps(record))
    digits.page.reload()
    digits.expect_ready()
    digits.draw_digit(7)
    digits.expect_abstention(7)
    expect(status(digits)).to_contain_text(f"another version of {CARD}")
    digits.open_panel("code")
    expect(diff(digits)).to_contain_text("+        return True")


def test_a_change_that_breaks_the_start_or_hangs_is_left_out_and_the_page_says_so(digits):
    text = source(CARD).replace("class AnswerCard", "raise\n\nclass AnswerCard")
    keep(digits, to_text(Kept(edits({CARD: source(CARD)}, {CARD: text}))))
    digits.page.reload()
    digits.expect_ready()
    expect(fault(digits)).to_contain_text(CARD)
    digits.wait_until(f"{RECORD}.works === false")
    record = digits.page.evaluate(RECORD)
    record["edits"][0]["text"] = f"while True:\n    pass\n{source(CARD)}"
    keep(digits, json.dumps(record))
    digits.page.reload()
    digits.expect_ready()
    expect(status(digits)).to_contain_text("Your change is left out")
    expect(fault(digits)).to_be_hidden()
    expect(diff(digits)).to_contain_text(CARD)
    digits.draw_digit(7)
    digits.expect_digit(7)


def test_the_editor_is_fetched_when_the_panel_opens_and_what_is_chosen_waits_for_it(
    digits, site_url
):
    forget_all(digits)
    digits.open(site_url + WASM).expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    assert digits.page.evaluate(FETCHED)
    assert not [url for url in digits.page.evaluate(FETCHED) if "codemirror" in url]
    hold = Hold("**/*codemirror*", digits.page)
    digits.open_panel("code")
    button(digits, DOUBT).click()
    digits.expect_abstention(7)
    button(digits, CARD).click()
    assert hold.routes
    hold.release()
    expect(editor(digits)).to_contain_text("class AnswerCard")
    expect(diff(digits)).to_contain_text("+        return True")
