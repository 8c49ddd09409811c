"""From the first byte to Ready: what is drawn early is not lost, and a start that fails says so."""

import re

import pytest
from playwright.sync_api import expect

from export.publish.site_files import published_files, read
from tests.support.digit_page import DigitPage
from tests.support.page_scripts import scripts
from tests.support.serving import handler_of, served


def hold(page, pattern: str) -> list:
    """Requests that match wait in the list until the test continues them."""
    held: list = []
    page.route(pattern, lambda route: held.append(route))
    return held


def release(page, pattern: str, held: list) -> None:
    for route in held:
        route.continue_()
    page.unroute(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["**/pyodide@*/pyodide.js", "**/mlp/weights.safetensors*"],
    ids=["before Python", "before the model"],
)
def test_what_is_drawn_before_it_is_ready_is_seen_and_then_read(open_page, pattern):
    held = []
    digits = open_page(prepare=lambda page: held.extend([hold(page, pattern)]))
    digits.wait_until("document.readyState === 'complete'")
    digits.draw_digit(4)
    digits.draw([(0.9, 0.9)], "touch")
    digits.expect_no_answer()
    expect(digits.root).to_have_attribute("data-state", "loading")
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9), (0.1, 0.1)) == [True, True, False]
    release(digits.page, pattern, held[0])
    digits.expect_ready()
    digits.expect_answer()
    digits.undo.click()
    digits.expect_digit(4)
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9)) == [True, False]


def test_a_stroke_that_began_before_python_goes_on_after_it(open_page):
    held = []
    digits = open_page(prepare=lambda page: held.extend([hold(page, "**/pyodide@*/pyodide.js")]))
    digits.wait_until("document.readyState === 'complete'")
    with digits.drawing([(0.5, 0.2), (0.5, 0.4)]):
        release(digits.page, "**/pyodide@*/pyodide.js", held[0])
        digits.expect_ready()
        digits.page.mouse.move(*digits.at((0.5, 0.8)))
        digits.page.mouse.move(*digits.at((1.2, 0.8)))
    digits.expect_answer()
    assert digits.ink_at((0.5, 0.3), (0.5, 0.7), (0.95, 0.8)) == [True, True, True]
    digits.undo.click()
    digits.expect_no_answer()
    assert digits.inked_share() == 0


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
LONG_WAY = ("pyodide.asm.wasm", "start/stdlib-*.zip", "start/frontend-*.zip")
FAULTS = {
    "missing": {"status": 404, "body": ""},
    "a page instead": {
        "status": 200,
        "content_type": "text/html",
        "body": "<!doctype html><p>Home",
    },
}
WITHIN_MS = 15_000  # longer than a start takes here, also the long way on a busy machine


def expect_reason(digits, name: str) -> None:
    """The page names the file, within seconds, and offers to try again."""
    expect(digits.root).to_have_attribute("data-state", "error", timeout=WITHIN_MS)
    expect(digits.status).to_contain_text(name.rpartition("/")[2].partition("*")[0])
    expect(digits.retry).to_be_visible()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_start_that_fails_names_the_file_and_retry_starts_anew(browser, site_url, fault):
    """One page for all files: each fault comes and goes."""
    context = browser.new_context()
    page = context.new_page()
    digits = DigitPage(page)
    for name in FILES:
        pattern = f"**/{name}"
        page.route(pattern, lambda route: route.fulfill(**FAULTS[fault]))
        digits.open(site_url)
        expect_reason(digits, name)
        page.unroute(pattern)
    digits.retry.click()
    digits.expect_ready()
    context.close()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", LONG_WAY)
def test_without_the_image_too_a_start_that_fails_names_the_file(open_page, name, fault):
    def prepare(page):
        page.route("**/start/python-*.wasm", lambda route: route.abort())
        page.route(f"**/{name}", lambda route: route.fulfill(**FAULTS[fault]))

    digits = open_page(prepare=prepare)
    digits.errors.allow(".")
    expect_reason(digits, name)


@pytest.mark.parametrize("name", ["core-*.js", "pyodide.asm.js", "js/python.js"])
def test_a_script_that_is_cut_in_the_middle_is_named(open_page, name):
    def cut(route):
        body = route.fetch().body()
        route.fulfill(body=body[: len(body) // 2], content_type="text/javascript")

    digits = open_page(prepare=lambda page: page.route(f"**/{name}", cut))
    digits.errors.allow(".")
    expect_reason(digits, name)


def test_a_file_that_an_ad_blocker_eats_is_named(open_page):
    digits = open_page(prepare=lambda page: page.route("**/core.js", lambda route: route.abort()))
    digits.errors.allow(".")
    expect_reason(digits, "core.js")


def test_wasm_that_is_sent_with_a_wrong_type_does_not_matter(open_page):
    def mislabelled(route):
        response = route.fetch()
        headers = {**response.headers, "content-type": "application/octet-stream"}
        route.fulfill(response=response, headers=headers)

    digits = open_page(prepare=lambda page: page.route("**/*.wasm", mislabelled))
    digits.expect_ready()


@pytest.mark.parametrize(
    "policy, says",
    [
        ("default-src 'self'", "Content Security Policy"),
        ("script-src 'self' 'unsafe-inline'", "allow 'wasm-unsafe-eval' in script-src"),
    ],
)
def test_a_policy_of_the_server_that_forbids_the_start_is_said(open_page, site_url, policy, says):
    def restrict(route):
        response = route.fetch()
        headers = {**response.headers, "content-security-policy": policy}
        route.fulfill(response=response, headers=headers)

    digits = open_page(prepare=lambda page: page.route(site_url, restrict))
    digits.errors.allow(".")
    expect(digits.root).to_have_attribute("data-state", "error", timeout=WITHIN_MS)
    expect(digits.status).to_contain_text(says)


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


def test_an_address_without_its_slash_at_the_end_is_completed(browser):
    """Hosts exist that answer /digits with the page of /digits/."""
    files = {f"digits/{url}": source for url, source in published_files().items()}
    files["digits"] = files["digits/index.html"]

    class Lenient(handler_of(files)):
        def do_GET(self):
            self.path: str = re.sub(r"^/digits/?(?=$|\?)", "/digits/index.html", self.path)
            super().do_GET()

    with served(Lenient) as url:
        digits = DigitPage(browser.new_context().new_page()).open(f"{url}digits?model=cnn")
        digits.expect_ready()
        assert digits.page.url == f"{url}digits/?model=cnn"
        digits.page.context.close()


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


def test_what_a_host_or_an_extension_adds_does_not_count(open_page):
    digits = open_page(prepare=scripts(FOREIGN))
    digits.errors.allow(".")
    assert "cannot" not in digits.status.inner_text()
    digits.expect_ready()


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


def test_tools_and_keys_work_before_python_and_their_history_goes_on_after_it(open_page):
    held = []
    digits = open_page(prepare=lambda page: held.extend([hold(page, "**/pyodide@*/pyodide.js")]))
    digits.wait_until("performance.getEntriesByName('start:pad').length")
    digits.draw([(0.2, 0.5), (0.8, 0.5)])
    digits.draw([(0.5, 0.2), (0.5, 0.8)])
    digits.undo.click()
    assert digits.ink_at((0.3, 0.5), (0.5, 0.3)) == [True, False]
    digits.redo.click()
    digits.eraser.click()
    digits.draw([(0.5, 0.3)])
    assert digits.ink_at((0.3, 0.5), (0.5, 0.3), (0.5, 0.7)) == [True, False, True]
    digits.page.keyboard.press("Control+z")
    digits.page.keyboard.press("Delete")
    assert digits.inked_share() == 0
    release(digits.page, "**/pyodide@*/pyodide.js", held[0])
    digits.expect_ready()
    expect(digits.eraser).to_have_attribute("aria-pressed", "true")
    digits.undo.click()
    assert digits.ink_at((0.3, 0.5), (0.5, 0.3)) == [True, True]
    digits.undo.click()
    assert digits.ink_at((0.3, 0.5), (0.5, 0.3)) == [True, False]


def test_the_chosen_width_counts_before_python_and_on_the_next_visit(open_page):
    held = []
    digits = open_page(prepare=lambda page: held.extend([hold(page, "**/pyodide@*/pyodide.js")]))
    digits.wait_until("performance.getEntriesByName('start:pad').length")
    digits.pen_width.select_option("Broad")
    for _ in "this visit", "the next one":
        expect(digits.pen_width).to_have_value("24")
        digits.draw([(0.5, 0.2), (0.5, 0.8)])
        assert digits.ink_at((0.465, 0.5), (0.535, 0.5), (0.56, 0.5)) == [True, True, False]
        digits.page.reload()
        digits.wait_until("performance.getEntriesByName('start:pad').length")
    release(digits.page, "**/pyodide@*/pyodide.js", held[0])
    digits.expect_ready()
    digits.pen_width.select_option("Fine")
    digits.page.reload()
    digits.expect_ready()
    expect(digits.pen_width).to_have_value("8")


def test_where_nothing_may_be_kept_a_width_can_be_chosen(open_page):
    denied = """Object.defineProperty(window, "localStorage", {
      get() { throw new DOMException("denied", "SecurityError"); } });"""
    digits = open_page("?backend=wasm", prepare=scripts(denied)).expect_ready()
    digits.pen_width.select_option("Broad")
    digits.draw([(0.5, 0.2), (0.5, 0.8)])
    assert digits.ink_at((0.465, 0.5), (0.535, 0.5)) == [True, True]


def test_a_width_that_is_not_offered_any_more_is_not_taken(open_page):
    kept = "localStorage.setItem('webgpu-digits pen-width', '13')"
    digits = open_page("?backend=wasm", prepare=scripts(kept)).expect_ready()
    expect(digits.pen_width).to_have_value("16")


def test_ink_of_before_python_stays_where_it_was_drawn(open_page):
    """Whatever is resized, rotated or scrolled before Python takes over."""
    held = []
    digits = open_page(
        prepare=lambda page: held.extend([hold(page, "**/pyodide@*/pyodide.js")]),
        viewport={"width": 700, "height": 900},
    )
    digits.wait_until("performance.getEntriesByName('start:pad').length")
    digits.draw([(0.1, 0.5), (0.4, 0.5)])
    digits.page.set_viewport_size({"width": 900, "height": 500})
    digits.page.evaluate("scrollTo(0, 50)")
    digits.draw([(0.9, 0.1), (0.9, 0.4)])
    places = ((0.25, 0.5), (0.9, 0.25), (0.6, 0.5), (0.25, 0.2))
    assert digits.ink_at(*places) == [True, True, False, False]
    digits.page.set_viewport_size({"width": 500, "height": 900})
    release(digits.page, "**/pyodide@*/pyodide.js", held[0])
    digits.expect_ready()
    assert digits.ink_at(*places) == [True, True, False, False]


def test_before_python_too_a_pen_takes_over_from_a_palm(open_page):
    held = []
    digits = open_page(
        prepare=lambda page: held.extend([hold(page, "**/pyodide@*/pyodide.js")]), has_touch=True
    )
    digits.wait_until("performance.getEntriesByName('start:pad').length")
    digits.touch("Start", [(1, digits.at((0.8, 0.8)))])
    digits.draw([(0.2, 0.2), (0.5, 0.2)], "pen")
    assert digits.ink_at((0.35, 0.2), (0.8, 0.8)) == [True, False]
    release(digits.page, "**/pyodide@*/pyodide.js", held[0])
    digits.expect_ready()
    assert digits.ink_at((0.35, 0.2), (0.8, 0.8)) == [True, False]


def test_python_runs_on_the_stack_of_the_browser(digits):
    """On stacks of Pyodide's own, which it makes where WebAssembly can suspend, Chromium 156
    crashed while pages loaded."""
    assert digits.page.evaluate("'Suspending' in WebAssembly") is False
