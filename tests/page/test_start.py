"""From the first byte to Ready: what is drawn early is not lost, and a start that fails says so."""

import re
from contextlib import contextmanager, nullcontext
from http import HTTPStatus
from threading import Semaphore

import pytest
from playwright.sync_api import expect

from export.publish.site_files import published_files, read
from tests.support.faulty_host import IMAGE, Request, missing
from tests.support.page_scripts import scripts
from tests.support.serving import handler_of, served

MAIN = "py_frontend/main.py"
WASM = "?backend=wasm"  # which starts sooner
PAD_IS_THERE = "performance.getEntriesByName('start:pad').length"


@pytest.fixture(scope="module")
def opened_page(tabs):
    """One page for most starts: what they have in common is compiled once."""
    with tabs.opened() as digits:
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


@contextmanager
def before_python(digits, host):
    """Opens the page, which waits for Python; gives what lets it come."""
    with host.holding(IMAGE) as let_python_come:
        digits.open(host.url + WASM)
        digits.wait_until(PAD_IS_THERE)
        yield let_python_come


def draw_four_and_dot(digits):
    digits.draw_digit(4)
    digits.draw([(0.9, 0.9)], "touch")
    digits.expect_no_answer()
    expect(digits.root).to_have_attribute("data-state", "loading")
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9), (0.1, 0.1)) == [True, True, False]


def test_before_python_one_draws_with_tools_and_keys_and_their_history_goes_on_after_it(
    digits, host
):
    with before_python(digits, host) as let_python_come:
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
    digits, host
):
    """Whatever is resized, rotated or scrolled before Python takes over."""
    digits.page.set_viewport_size({"width": 700, "height": 900})
    with before_python(digits, host) as let_python_come:
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
    digits.touch("Cancel")


def test_a_chosen_width_counts_at_once_and_on_the_next_visit_and_a_stroke_goes_on(digits, host):
    """A stroke that begins before Python and ends after it."""

    def expect_broad_ink():
        expect(digits.pen_width).to_have_value("24")
        digits.draw([(0.5, 0.2), (0.5, 0.8)])
        assert digits.ink_at((0.465, 0.5), (0.535, 0.5), (0.56, 0.5)) == [True, True, False]

    def visit_again():
        digits.page.reload()
        digits.wait_until(PAD_IS_THERE)

    with before_python(digits, host) as let_python_come:
        digits.pen_width.select_option("Broad")
        expect_broad_ink()
        visit_again()
        expect_broad_ink()
        digits.clear.click()
        with digits.drawing([(0.5, 0.2), (0.5, 0.4)]):
            let_python_come()
            digits.expect_ready()
            digits.page.mouse.move(*digits.at((0.5, 0.8)))
            digits.page.mouse.move(*digits.at((1.2, 0.8)))
    digits.expect_answer()
    expect(digits.pen_width).to_have_value("24")
    assert digits.ink_at((0.465, 0.3), (0.535, 0.7), (0.95, 0.8)) == [True, True, True]
    digits.undo.click()
    digits.expect_no_answer()
    assert digits.inked_share() == 0
    digits.pen_width.select_option("Fine")
    with host.holding(IMAGE):
        visit_again()
        expect(digits.pen_width).to_have_value("8")
        digits.page.evaluate("localStorage.setItem('webgpu-digits pen-width', '13')")
        visit_again()
        expect(digits.pen_width).to_have_value("16")  # 13 is not offered any more


# One of each way in which a file is asked for; below, retry has the script that lets one draw.
FILES = (
    "js/sketch.js",
    "core-*.js",
    "error-*.js",
    "pyodide@*/pyodide.js",
    MAIN,
    "chart.umd.min.js",
)
# To a browser a module that is a page is as one that is missing.
OTHERWISE_ANSWERED = ("core.js", MAIN, "chart.umd.min.js")
SCRIPTS = ("core-*.js", "pyodide.asm.js")
WITHIN_MS = 15_000  # longer than a start takes here, also the long way on a busy machine


def a_page_instead(request: Request) -> None:
    request.answer(b"<!doctype html><p>Home", "text/html")


def cut_in_the_middle(request: Request) -> None:
    request.answer(request.body[: len(request.body) // 2], "text/javascript")


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
    *((missing, name) for name in FILES),
    *((a_page_instead, name) for name in OTHERWISE_ANSWERED),
    *((cut_in_the_middle, name) for name in SCRIPTS),
)


@pytest.mark.parametrize("fault, name", CASES, ids=lambda each: getattr(each, "__name__", each))
def test_a_start_that_fails_names_the_file(failing, host, fault, name):
    """Also where Python is not there yet, unless it is Python that asks for the file."""
    image = nullcontext() if name == MAIN else host.holding(IMAGE)
    with image, host.faulty(f"*{name}", fault):
        failing.open(host.url + WASM)
        expect_reason(failing, name)


def test_a_file_that_an_ad_blocker_eats_is_named(failing, host):
    failing.cdp.send("Network.enable")
    failing.cdp.send("Network.setBlockedURLs", {"urls": ["*/core.js"]})
    with host.holding(IMAGE):
        failing.open(host.url + WASM)
        expect_reason(failing, "core.js")
    failing.cdp.send("Network.setBlockedURLs", {"urls": []})


@pytest.mark.parametrize(
    "fault, name",
    [
        (missing, "pyodide.asm.wasm"),
        (a_page_instead, "pyodide.asm.wasm"),
        (missing, "start/frontend-*.zip"),
        (a_page_instead, "start/stdlib-*.zip"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_without_the_image_too_a_start_that_fails_names_the_file(failing, host, fault, name):
    """Archives are read by one function."""
    with host.faulty(IMAGE, missing), host.faulty(f"*{name}", fault):
        failing.open(host.url + WASM)
        expect_reason(failing, name)


def test_retry_starts_anew_and_what_is_drawn_before_the_model_is_there_is_seen_and_then_read(
    failing, host
):
    with host.faulty("js/before-python.js", missing):
        failing.open(host.url + WASM)
        expect_reason(failing, "js/before-python.js")
    with host.holding("*/mlp/weights.safetensors") as let_the_model_come:
        failing.retry.click()
        expect(failing.status).to_contain_text("Loading the", timeout=WITHIN_MS)
        draw_four_and_dot(failing)
        let_the_model_come()
        failing.expect_ready()
    failing.expect_answer()
    failing.undo.click()
    failing.expect_digit(4)
    assert failing.ink_at((0.59, 0.5), (0.9, 0.9)) == [True, False]


@pytest.mark.parametrize(
    "policy, says",
    [
        ("default-src 'self'", "Content Security Policy"),
        ("script-src 'self' 'unsafe-inline'", "allow 'wasm-unsafe-eval' in script-src"),
    ],
)
def test_a_policy_of_the_server_that_forbids_the_start_is_said(failing, host, policy, says):
    def restrict(request: Request) -> None:
        request.answer(request.body, "text/html", **{"Content-Security-Policy": policy})

    with host.faulty("index.html", restrict):
        failing.open(host.url + WASM)
        expect(failing.root).to_have_attribute("data-state", "error", timeout=WITHIN_MS)
        expect(failing.status).to_contain_text(says)


def test_without_webassembly_the_page_says_so_and_one_can_draw(failing, host):
    with scripts("delete globalThis.WebAssembly")(failing.page):
        failing.open(host.url)
        expect(failing.root).to_have_attribute("data-state", "error")
        expect(failing.status).to_contain_text("WebAssembly")
        failing.draw_digit(1)
        assert failing.inked_share() > 0


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


def test_peculiar_hosts_and_extensions_do_not_matter(failing):
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

    with served(Peculiar) as url, scripts(FOREIGN)(failing.page):
        failing.open(f"{url}digits{WASM}")
        assert "cannot" not in failing.status.inner_text()
        failing.expect_ready()
        assert failing.page.url == f"{url}digits/{WASM}"


def test_progress_is_shown_in_bytes_while_python_loads(digits, host):
    """On a slow line, where people wait longest."""
    more = Semaphore(1)

    def slow(request: Request) -> None:
        request.send_response(HTTPStatus.OK)
        request.send_header("Content-Type", "application/wasm")
        request.send_header("Content-Length", str(len(request.body)))
        request.end_headers()
        for part in (request.body[:1_000_000], request.body[1_000_000:2_000_000]):
            more.acquire()
            request.wfile.write(part)

    with host.faulty(IMAGE, slow):
        digits.open(host.url + WASM)
        expect(digits.status).to_have_text(
            re.compile(r"^Loading Python: 1\.0 of \d+\.\d MB$"), timeout=WITHIN_MS
        )
        bar = digits.page.locator("#start-progress")
        expect(bar).to_be_visible()
        before = bar.evaluate("(bar) => bar.value")
        more.release()
        expect(digits.status).to_have_text(re.compile(r"^Loading Python: 2\.0 of \d+\.\d MB$"))
        assert 0 < before < bar.evaluate("(bar) => bar.value") <= 1


def test_python_runs_on_the_stack_of_the_browser(wasm_page):
    """On stacks of Pyodide's own, which it makes where WebAssembly can suspend, Chromium 156
    crashed while pages loaded."""
    assert wasm_page.page.evaluate("'Suspending' in WebAssembly") is False
