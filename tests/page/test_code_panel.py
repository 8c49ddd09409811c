"""The panel "Code": the page's own Python, changed by whoever visits it."""

import json
import re
import subprocess

import pytest
from playwright.sync_api import expect

from py_frontend.core.edits import Kept, edits, to_fragment, to_text
from py_frontend.core.experiments import EXPERIMENTS
from tests.setup.test_walls import FRONTEND
from tests.support.browser import opened

CARD = "browser/answer.py"
SHOWN = "str(answer.prediction)"
KEY = "webgpu-digits code"
RECORD = f"JSON.parse(localStorage.getItem({json.dumps(KEY)}))"
WORKS = f"{RECORD}?.works"
FORGET = f"localStorage.removeItem({json.dumps(KEY)})"
VIOLATIONS = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation",
    ({ blockedURI }) => violations.push(blockedURI));
"""


def source(path):
    return (FRONTEND / path).read_text()


def opened_code(open_page, query="", **options):
    digits = open_page(query, **options)
    digits.expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    digits.open_panel("code")
    expect(editor(digits)).to_be_visible()
    return digits


def editor(digits):
    return digits.page.locator("#code-editor .cm-content")


def button(digits, name):
    return digits.panel("code").get_by_role("button", name=name, exact=True)


def diff(digits):
    return digits.page.locator("#code-diff")


def write(digits, path, text):
    """Puts a text in the place of a file's."""
    button(digits, path).click()
    editor(digits).click()
    digits.page.keyboard.press("Control+A")
    digits.page.keyboard.press("Delete")
    digits.page.keyboard.insert_text(text)


def kept(path, text, works=True):
    """A script that keeps an edit before the page starts."""
    record = to_text(Kept(edits({path: source(path)}, {path: text}), works))
    return f"localStorage.setItem({json.dumps(KEY)}, {json.dumps(record)})"


def test_control_enter_applies_what_was_typed_and_one_click_takes_it_back(open_page):
    digits = opened_code(open_page, prepare=lambda page: page.add_init_script(VIOLATIONS))
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


def test_a_change_is_there_on_the_next_visit(open_page):
    digits = opened_code(open_page)
    button(digits, "Always doubt").click()
    digits.expect_abstention(7)
    digits.page.reload()
    digits.expect_ready()
    digits.draw_digit(7)
    digits.expect_abstention(7)
    digits.open_panel("code")
    expect(diff(digits)).to_contain_text("+        return True")


@pytest.fixture(scope="module")
def experimenter(browser, site_url):
    """A page for all experiments."""
    with opened(browser, site_url) as digits:
        yield opened_code(lambda _query: digits)


@pytest.fixture
def untouched(experimenter):
    """It, with the code as it is published."""
    yield experimenter
    button(experimenter, "Take back").click()
    expect(diff(experimenter)).to_be_empty()
    experimenter.expect_digit(7)
    experimenter.wait_until(f"{WORKS} && {RECORD}.edits.length === 0")
    experimenter.page.evaluate(FORGET)
    experimenter.errors.check()


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.title)
def test_an_experiment_runs_and_says_what_to_look_at(untouched, experiment):
    digits = untouched
    button(digits, experiment.title).click()
    expect(digits.page.locator("#code-status")).to_have_text(experiment.look)
    expect(diff(digits)).to_contain_text(f"b/py_frontend/{experiment.path}")
    digits.wait_until(WORKS)
    digits.expect_answer()
    expect(digits.page.locator("#fault")).to_be_hidden()


def test_a_fault_is_told_and_the_page_goes_on(open_page):
    digits = opened_code(open_page)
    write(digits, CARD, source(CARD).replace("class AnswerCard", "class = AnswerCard"))
    button(digits, "Apply").click()
    expect(digits.page.locator("#fault")).to_contain_text(f"{CARD}, line ")
    expect(digits.page.locator("#fault")).to_contain_text("SyntaxError")
    digits.wipe()
    digits.draw_digit(4)
    digits.expect_digit(4)


@pytest.mark.parametrize(
    ("old", "new"),
    [("class AnswerCard", "class = AnswerCard"), ("class AnswerCard", "raise\n\nclass AnswerCard")],
    ids=["no Python", "an error"],
)
def test_a_change_that_breaks_the_start_is_left_out_and_the_page_says_so(open_page, old, new):
    script = kept(CARD, source(CARD).replace(old, new))
    digits = open_page(
        prepare=lambda page: page.add_init_script(
            f"if (!sessionStorage.once) {{ sessionStorage.once = 1; {script} }}"
        )
    )
    digits.expect_ready()
    expect(digits.page.locator("#fault")).to_contain_text(CARD)
    digits.page.reload()
    digits.expect_ready()
    expect(digits.page.locator("#code-status")).to_contain_text("Your change is left out")
    expect(digits.page.locator("#fault")).to_be_hidden()
    expect(diff(digits)).to_contain_text(CARD)


def test_a_change_that_hung_is_left_out(open_page):
    script = kept(CARD, f"while True:\n    pass\n{source(CARD)}", works=False)
    digits = open_page(prepare=lambda page: page.add_init_script(script))
    digits.expect_ready()
    expect(digits.page.locator("#code-status")).to_contain_text("Your change is left out")
    digits.draw_digit(7)
    digits.expect_digit(7)


def test_a_change_of_another_version_of_the_page_is_left_out(open_page):
    record = {"edits": [{"path": CARD, "digest": "0", "text": "no"}], "works": True}
    script = f"localStorage.setItem({json.dumps(KEY)}, {json.dumps(json.dumps(record))})"
    digits = open_page(prepare=lambda page: page.add_init_script(script))
    digits.expect_ready()
    expect(digits.page.locator("#code-status")).to_contain_text(f"another version of {CARD}")


def test_a_change_that_a_link_brings_runs_after_a_click_only(open_page):
    changed = source(CARD).replace(SHOWN, f"'Linked ' + {SHOWN}")
    digits = open_page("#" + to_fragment(CARD, source(CARD), changed))
    digits.expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    expect(digits.page.locator("#code-question")).to_contain_text("Do you want to run it?")
    expect(digits.page.locator("#code-offered")).to_contain_text("+            'Linked '")
    button(digits, "Run this change").click()
    expect(digits.prediction).to_have_text(re.compile("^Linked 7"))
    expect(digits.page.locator("#code-offer")).to_be_hidden()


def test_a_change_that_a_link_brings_can_be_left_out(open_page):
    changed = source(CARD).replace(SHOWN, "'no'")
    digits = open_page("#" + to_fragment(CARD, source(CARD), changed))
    digits.expect_ready()
    button(digits, "Leave it out").click()
    expect(digits.page.locator("#code-offer")).to_be_hidden()
    digits.draw_digit(7)
    digits.expect_digit(7)


def test_a_damaged_link_says_so(open_page):
    digits = open_page("#code=nonsense")
    digits.expect_ready()
    expect(digits.page.locator("#code-status")).to_contain_text("damaged")


def test_the_link_of_a_change_brings_it_to_another_browser(open_page):
    digits = opened_code(open_page)
    button(digits, "Always doubt").click()
    digits.expect_abstention(7)
    button(digits, "Make link").click()
    query = "#" + digits.page.url.partition("#")[2]
    other = open_page(query)
    other.expect_ready()
    expect(other.page.locator("#code-offered")).to_contain_text("+        return True")


def test_git_applies_the_downloaded_patch(open_page, tmp_path):
    digits = opened_code(open_page)
    button(digits, "Always doubt").click()
    digits.expect_abstention(7)
    with digits.page.expect_download() as download:
        button(digits, "Download patch").click()
    path = "py_frontend/core/abstention.py"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(source("core/abstention.py"))
    command = ("git", "apply", str(download.value.path()))
    subprocess.run(command, cwd=tmp_path, check=True)
    assert "        return True\n" in (tmp_path / path).read_text()


def test_tab_indents_and_after_escape_it_leaves_the_editor(open_page):
    digits = opened_code(open_page)
    editor(digits).focus()
    digits.page.keyboard.press("Tab")
    expect(editor(digits)).to_be_focused()
    expect(diff(digits)).to_contain_text("main.py")
    digits.page.keyboard.press("Escape")
    digits.page.keyboard.press("Tab")
    expect(button(digits, "Apply")).to_be_focused()


def test_letters_in_the_editor_are_no_commands(open_page):
    digits = opened_code(open_page)
    editor(digits).focus()
    digits.page.keyboard.type("e")
    expect(digits.pen).to_have_attribute("aria-pressed", "true")


def test_the_editor_is_fetched_when_the_panel_opens(open_page):
    fetched = []
    digits = open_page(prepare=lambda page: page.on("request", lambda r: fetched.append(r.url)))
    digits.expect_ready()
    assert not any("codemirror" in url for url in fetched)
    digits.open_panel("code")
    expect(editor(digits)).to_be_visible()
    assert any("codemirror" in url for url in fetched)


def test_a_file_and_an_experiment_that_are_chosen_early_wait_for_the_editor(open_page):
    held = []

    def hold(page):
        page.route("**/codemirror.js", lambda route: held.append(route))

    digits = open_page(prepare=hold)
    digits.expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    digits.open_panel("code")
    button(digits, "Always doubt").click()
    digits.expect_abstention(7)
    button(digits, CARD).click()
    for route in held:
        route.continue_()
    expect(editor(digits)).to_contain_text("class AnswerCard")
    expect(diff(digits)).to_contain_text("+        return True")
