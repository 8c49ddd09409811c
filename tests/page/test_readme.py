"""What README and py_frontend/README.md say about changing the page, done as they say."""

import re

import pytest
from playwright.sync_api import expect

from export.publish.site_files import ROOT
from tests.support.live_page import serving_live

README = (ROOT / "README.md").read_text()
PANEL = (ROOT / "py_frontend/README.md").read_text()
PANELS = '<div id="panels">\n'
IMAGE = "document.getElementById('input-image').toDataURL()"


@pytest.fixture(scope="module")
def opened_live(tmp_path_factory, tabs):
    with (
        serving_live(tmp_path_factory.mktemp("tree")) as (tree, url),
        tabs.opened(f"{url}?backend=wasm") as digits,
    ):
        yield tree, digits.expect_ready()


@pytest.fixture
def live(opened_live):
    """A tree and its page, with a seven on it."""
    tree, digits = opened_live
    digits.reset()
    digits.draw_digit(7)
    digits.expect_digit(7)
    yield tree, digits
    digits.errors.check()


def block(language: str) -> str:
    """The one block of code in this language that a panel is made of."""
    [text] = re.findall(rf"```{language}\n(.*?)```", PANEL, re.DOTALL)
    return text


def named(pattern: str) -> str:
    """What they name in such words."""
    return re.search(pattern, README + PANEL)[1]


def test_the_first_change_is_as_readme_tells(live):
    tree, digits = live
    path, old, new = re.search(
        r"Open `(.*?)`, and replace `(.*?)` by `(.*?)`. Save.", README
    ).groups()
    fault = digits.page.locator("#fault")
    original = tree.edit(path, old, new)
    expect(digits.prediction).to_have_text(named(r"The page now says `(.*?)`"))
    changed = tree.edit(path, new, new.removesuffix('"'))
    expect(fault).to_contain_text("browser/answer.py, line ")
    expect(fault).to_contain_text("SyntaxError")
    digits.draw([(0.9, 0.9)])
    expect(digits.prediction).to_have_text(re.compile("^I read"))
    tree.save(path, changed)
    expect(fault).to_be_hidden()
    digits.open_panel("input")
    path, old, new = re.search(
        r"In `(py_frontend/core/.*?)` replace `(.*?)` by `(.*?)`, save", README
    ).groups()
    before = digits.page.evaluate(IMAGE)
    image = tree.edit(path, old, new)
    digits.wait_until(f"(before) => {IMAGE} !== before", before)
    tree.save("py_frontend/browser/answer.py", original)
    digits.expect_answer()
    tree.save(path, image)
    digits.wait_until(f"(before) => {IMAGE} === before", before)


def test_the_panel_of_readme_works(live):
    tree, digits = live
    tree.save("py_frontend/browser/panels/ink.py", block("python"))
    with digits.page.expect_event("load"):
        tree.edit("site/index.html", PANELS, PANELS + block("html"))
    digits.expect_ready()
    line = named(r"import it with `(.*?)`")
    main = (tree.root / "py_frontend/main.py").read_text()
    main = main.replace("from browser.panels.input", f"{line}\nfrom browser.panels.input")
    item = named(r"and add `(.*?)` to `Panels`")
    tree.save(
        "py_frontend/main.py", main.replace("InputPanel(),", f"{item}\n        InputPanel(),")
    )
    digits.expect_ready()
    for _ in range(40):  # until the version with the panel has taken over
        if digits.panel("ink").is_visible():
            break
        digits.tab("ink").click()
        digits.page.wait_for_timeout(250)
    expect(digits.page.locator("#ink-share")).to_have_text(
        re.compile(r"^\d+% of the image is ink\.$")
    )
    digits.undo.click()
    expect(digits.page.locator("#ink-share")).to_have_text("0% of the image is ink.")
