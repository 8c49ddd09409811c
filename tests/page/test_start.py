"""From the first byte to Ready: what is drawn early is not lost, and a start that fails says so."""

import re

import pytest
from playwright.sync_api import expect

from export.publish.site_files import published_files, read
from tests.support.browser import opened
from tests.support.page_scripts import Hold, missing_file, routed, scripts
from tests.support.serving import handler_of, served

PYODIDE = "**/pyodide@*/pyodide.js"
WASM = "?backend=wasm"  # which starts sooner
PAD_IS_THERE = "performance.getEntriesByName('start:pad').length"


@pytest.fixture(scope="module")
def opened_page(browser):
    """One page for most starts: what they have in common is compiled once."""
    with opened(browser, "about:blank", has_touch=True) as digits:
        yield digits


@pytest.fixture
def digits(opened_page):
    """It, before it is opened in a browser that keeps nothing of it."""
    size = opened_page.page.viewport_size
    yield opened_page
    opened_page.page.evaluate("localStorage.clear()")
    opened_page.open("about:blank")
    opened_page.page.set_viewport_size(size)
    opened_page.errors.check()


def before_python(digits, site_url):
    """Opens the page, which waits for Python; gives what lets it come."""
    hold = Hold(PYODIDE, digits.page)
    digits.open(site_url + WASM)
    digits.wait_until(PAD_IS_THERE)
    return hold.release


def test_what_is_drawn_before_the_model_is_there_is_seen_and_then_read(digits, site_url):
    hold = Hold("**/mlp/weights.safetensors*", digits.page)
    digits.open(site_url + WASM)
    digits.wait_until("document.readyState === 'complete'")
    draw_four_and_dot(digits)
    hold.release()
    digits.expect_ready()
    digits.expect_answer()
    digits.undo.click()
    digits.expect_digit(4)
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9)) == [True, False]


def draw_four_and_dot(digits):
    digits.draw_digit(4)
    digits.draw([(0.9, 0.9)], "touch")
    digits.expect_no_answer()
    expect(digits.root).to_have_attribute("data-state", "loading")
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9), (0.1, 0.1)) == [True, True, False]


def test_before_python_one_draws_with_tools_and_keys_and_their_history_goes_on_after_it(
    digits, site_url
):
    let_python_come = before_python(digits, site_url)
    draw_four_and_dot(digits)
    digits.undo.click()
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9)) == [True, False]
    digits.redo.click()
    digits.eraser.click()
    digits.draw([(0.9, 0.9)])
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9)) == [True, False]
    digits.page.keyboard.press("Control+z")
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9)) == [True, True]
    digits.page.keyboard.press("Delete")
    assert digits.inked_share() == 0
    digits.undo.click()
    let_python_come()
    digits.expect_ready()
    digits.expect_answer()
    expect(digits.eraser).to_have_attribute("aria-pressed", "true")
    digits.redo.click()
    digits.expect_no_answer()
    assert digits.inked_share() == 0
    digits.undo.click()
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9)) == [True, True]
    digits.undo.click()
    digits.expect_digit(4)
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9)) == [True, False]


def test_ink_of_before_python_stays_where_it_was_drawn_and_a_pen_takes_over_from_a_palm(
    digits, site_url
):
    """Whatever is resized, rotated or scrolled before Python takes over."""
    digits.page.set_viewport_size({"width": 700, "height": 900})
    let_python_come = before_python(digits, site_url)
    digits.draw([(0.1, 0.5), (0.4, 0.5)])
    digits.page.set_viewport_size({"width": 900, "height": 500})
    digits.page.evaluate("scrollTo(0, 50)")
    digits.draw([(0.9, 0.1), (0.9, 0.4)])
    places = ((0.25, 0.5), (0.9, 0.25), (0.6, 0.5), (0.25, 0.2))
    assert digits.ink_at(*places) == [True, True, False, False]
    digits.page.set_viewport_size({"width": 500, "height": 900})
    digits.touch("Start", [(1, digits.at((0.8, 0.8)))])
    digits.draw([(0.2, 0.9), (0.5, 0.9)], "pen")
    places = (*places, (0.35, 0.9), (0.8, 0.8))
    assert digits.ink_at(*places) == [True, True, False, False, True, False]
    let_python_come()
    digits.expect_ready()
    assert digits.ink_at(*places) == [True, True, False, False, True, False]


def test_a_chosen_width_counts_at_once_and_on_the_next_visit_and_a_stroke_goes_on(digits, site_url):
    """A stroke that begins before Python and ends after it."""
    let_python_come = before_python(digits, site_url)
    digits.pen_width.select_option("Broad")
    for _ in "this visit", "the next one":
        expect(digits.pen_width).to_have_value("24")
        digits.draw([(0.5, 0.2), (0.5, 0.8)])
        assert digits.ink_at((0.465, 0.5), (0.535, 0.5), (0.56, 0.5)) == [True, True, False]
        digits.page.reload()
        digits.wait_until(PAD_IS_THERE)
    digits.page.evaluate("localStorage.setItem('webgpu-digits pen-width', '13')")
    digits.page.reload()
    digits.wait_until(PAD_IS_THERE)
    expect(digits.pen_width).to_have_value("16")  # 13 is not offered any more
    with digits.drawing([(0.5, 0.2), (0.5, 0.4)]):
        let_python_come()
        digits.expect_ready()
        digits.page.mouse.move(*digits.at((0.5, 0.8)))
        digits.page.mouse.move(*digits.at((1.2, 0.8)))
    digits.expect_answer()
    expect(digits.pen_width).to_have_value("16")
    assert digits.ink_at((0.5, 0.3), (0.5, 0.7), (0.95, 0.8)) == [True, True, True]
    digits.undo.click()
    digits.expect_no_answer()
    assert digits.inked_share() == 0
    digits.pen_width.select_option("Fine")
    digits.page.reload()
    digits.expect_ready()
    expect(digits.pen_width).to_have_value("8")


FILES = (
    "js/before-python.js",
    "js/sketch.js",
    "js/python.js",
    "core.js",
    "core-*.js",
    "error-*.js",
    "pyodide@*/pyodide.js",
    "pyodide.asm.js",
    "py_frontend/main.py",
    "chart.umd.min.js",
)
# One of each way in which a file is asked for: to a browser a module is missing that is a page.
OTHERWISE_ANSWERED = (
    "core.js",
    "error-*.js",
    "js/python.js",
    "py_frontend/main.py",
    "chart.umd.min.js",
)
SCRIPTS = ("core-*.js", "pyodide.asm.js", "js/python.js")
LONG_WAY = ("pyodide.asm.wasm", "start/stdlib-*.zip", "start/frontend-*.zip")
WITHIN_MS = 15_000  # longer than a start takes here, also the long way on a busy machine


def a_page_instead(route):
    route.fulfill(content_type="text/html", body="<!doctype html><p>Home")


def cut_in_the_middle(route):
    body = route.fetch().body()
    route.fulfill(body=body[: len(body) // 2], content_type="text/javascript")


def eaten_by_an_ad_blocker(route):
    route.abort()


@pytest.fixture
def failing(digits):
    """The page, which may complain."""
    digits.errors.allow(".")
    return digits


def expect_reason(digits, name: str) -> None:
    """The page names the file, within seconds, and offers to try again."""
    expect(digits.root).to_have_attribute("data-state", "error", timeout=WITHIN_MS)
    expect(digits.status).to_contain_text(name.rpartition("/")[2].partition("*")[0])
    expect(digits.retry).to_be_visible()


CASES = (
    *((missing_file, name) for name in FILES),
    *((a_page_instead, name) for name in OTHERWISE_ANSWERED),
    *((cut_in_the_middle, name) for name in SCRIPTS),
    (eaten_by_an_ad_blocker, "core.js"),
)


@pytest.mark.parametrize("fault, name", CASES, ids=lambda each: getattr(each, "__name__", each))
def test_a_start_that_fails_names_the_file(failing, site_url, fault, name):
    with routed(failing.page, f"**/{name}", fault):
        failing.open(site_url)
        expect_reason(failing, name)


@pytest.mark.parametrize("fault", [missing_file, a_page_instead], ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("name", LONG_WAY)
def test_without_the_image_too_a_start_that_fails_names_the_file(failing, site_url, name, fault):
    with (
        routed(failing.page, "**/start/python-*.wasm", lambda route: route.abort()),
        routed(failing.page, f"**/{name}", fault),
    ):
        failing.open(site_url)
        expect_reason(failing, name)


def test_retry_starts_anew(failing, site_url):
    with routed(failing.page, f"**/{FILES[0]}", missing_file):
        failing.open(site_url)
        expect_reason(failing, FILES[0])
    failing.retry.click()
    failing.expect_ready()


@pytest.mark.parametrize(
    "policy, says",
    [
        ("default-src 'self'", "Content Security Policy"),
        ("script-src 'self' 'unsafe-inline'", "allow 'wasm-unsafe-eval' in script-src"),
    ],
)
def test_a_policy_of_the_server_that_forbids_the_start_is_said(failing, site_url, policy, says):
    def restrict(route):
        response = route.fetch()
        headers = {**response.headers, "content-security-policy": policy}
        route.fulfill(response=response, headers=headers)

    with routed(failing.page, site_url, restrict):
        failing.open(site_url)
        expect(failing.root).to_have_attribute("data-state", "error", timeout=WITHIN_MS)
        expect(failing.status).to_contain_text(says)


def test_without_webassembly_the_page_says_so_and_one_can_draw(open_page):
    digits = open_page(prepare=scripts("delete globalThis.WebAssembly"))
    digits.errors.allow(".")
    expect(digits.root).to_have_attribute("data-state", "error")
    expect(digits.status).to_contain_text("WebAssembly")
    digits.draw_digit(1)
    assert digits.inked_share() > 0


def test_a_page_opened_from_the_disk_says_how_to_serve_it(browser, tmp_path):
    page_file = tmp_path / "index.html"
    page_file.write_bytes(read(published_files()["index.html"]))
    page = browser.new_context().new_page()
    page.goto(page_file.as_uri())
    expect(page.locator("#status")).to_contain_text("python -m export serve")
    page.context.close()


FOREIGN = """
  addEventListener("DOMContentLoaded", () => {
    const beacon = document.createElement("script");
    beacon.src = "https://beacon.example/insights.js";
    document.head.append(beacon);
    setTimeout(() => Promise.reject(new Error("the extension failed")));
    const filename = "chrome-extension://abc/content.js";
    dispatchEvent(new ErrorEvent("error", { message: "x", filename }));
  });
"""


def test_peculiar_hosts_and_extensions_do_not_matter(browser):
    """A host may answer /digits with the page of /digits/, and send wasm with a wrong type; a host
    or an extension may add scripts that fail."""
    files = {f"digits/{url}": source for url, source in published_files().items()}
    files["digits"] = files["digits/index.html"]

    class Peculiar(handler_of(files)):
        def do_GET(self):
            self.path: str = re.sub(r"^/digits/?(?=$|\?)", "/digits/index.html", self.path)
            super().do_GET()

        def send_header(self, name, value):
            super().send_header(name, value.replace("application/wasm", "application/octet-stream"))

    with served(Peculiar) as url, opened(browser, f"{url}digits{WASM}", scripts(FOREIGN)) as it:
        it.errors.allow(".")
        assert "cannot" not in it.status.inner_text()
        it.expect_ready()
        assert it.page.url == f"{url}digits/{WASM}"


def test_progress_is_shown_in_bytes_while_python_loads(open_page, site_url):
    """On a slow line, where people wait longest."""

    def slow(page):
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 20, "downloadThroughput": 1e6, "uploadThroughput": 1e6},
        )

    digits = open_page(prepare=slow)
    expect(digits.status).to_have_text(
        re.compile(r"^Loading Python: \d+\.\d of \d+\.\d MB$"), timeout=WITHIN_MS
    )
    bar = digits.page.locator("#start-progress")
    expect(bar).to_be_visible()
    before = bar.evaluate("(bar) => bar.value")
    digits.page.wait_for_timeout(1500)
    assert 0 < before < bar.evaluate("(bar) => bar.value") <= 1


def test_python_runs_on_the_stack_of_the_browser(loaded_page):
    """On stacks of Pyodide's own, which it makes where WebAssembly can suspend, Chromium 156
    crashed while pages loaded."""
    assert loaded_page.page.evaluate("'Suspending' in WebAssembly") is False
