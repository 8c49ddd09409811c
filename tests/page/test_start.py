"""From the first byte to Ready: what is drawn early is not lost, and a start that fails says so."""

import pytest
from playwright.sync_api import expect

from tests.support.page_scripts import Hold, prepared


def test_what_is_drawn_before_it_is_ready_is_seen_and_then_read(open_page):
    python, weights = Hold("**/pyodide.mjs"), Hold("**/mlp/weights.safetensors*")
    digits = open_page(prepare=prepared(python, weights))
    digits.wait_until("document.readyState === 'complete'")
    digits.draw_digit(4)
    digits.expect_no_answer()
    assert digits.ink_at((0.59, 0.5), (0.1, 0.1)) == [True, False]
    with digits.page.expect_request("**/mlp/weights.safetensors*"):
        python.release()
    digits.draw([(0.9, 0.9)], "touch")
    digits.expect_no_answer()
    expect(digits.root).to_have_attribute("data-state", "loading")
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9), (0.1, 0.1)) == [True, True, False]
    weights.release()
    digits.expect_ready()
    digits.expect_answer()
    digits.undo.click()
    digits.expect_digit(4)
    assert digits.ink_at((0.59, 0.5), (0.9, 0.9)) == [True, False]


def test_a_stroke_that_began_before_python_goes_on_after_it(open_page):
    python = Hold("**/pyodide.mjs")
    digits = open_page(prepare=python)
    digits.wait_until("document.readyState === 'complete'")
    with digits.drawing([(0.5, 0.2), (0.5, 0.4)]):
        python.release()
        digits.expect_ready()
        digits.page.mouse.move(*digits.at((0.5, 0.8)))
        digits.page.mouse.move(*digits.at((1.2, 0.8)))
    digits.expect_answer()
    assert digits.ink_at((0.5, 0.3), (0.5, 0.7), (0.95, 0.8)) == [True, True, True]
    digits.undo.click()
    digits.expect_no_answer()
    assert digits.inked_share() == 0


@pytest.mark.parametrize(
    "pattern",
    [
        "**/core.js",
        "**/core-*.js",
        "**/pyodide.mjs",
        "**/pyodide.asm.mjs",
        "**/pyodide.asm.wasm",
        "**/python_stdlib.zip",
        "**/pyscript.json",
        "**/py_frontend/main.py",
        "**/py_frontend/core/image.py",
        "**/chart.umd.min.js",
    ],
)
def test_a_start_that_fails_says_so(open_page, pattern):
    digits = open_page(
        prepare=lambda page: page.route(pattern, lambda route: route.fulfill(status=404, body=""))
    )
    digits.errors.expect("404")
    digits.errors.allow(".")
    digits.expect_error("reload the page")


def test_python_runs_on_the_stack_of_the_browser(digits):
    """On stacks of Pyodide's own, which it makes where WebAssembly can suspend, Chromium 156
    crashed while pages loaded."""
    assert digits.page.evaluate("'Suspending' in WebAssembly") is False
