"""What goes wrong on real pages: files, networks, GPUs. The page says what happened, and goes on
when it can."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.digit_page import DigitPage
from tests.support.page_scripts import (
    HOLD,
    HOLD_INFERENCES,
    KEEP_DEVICES,
    NO_ADAPTER,
    NO_DEVICE,
    NO_GPU,
    SLOW_WASM,
    scripts,
)


def missing(route: Route) -> None:
    route.fulfill(status=404, body="Not found")


def broken_server(route: Route) -> None:
    route.fulfill(status=503, body="Busy")


def no_connection(route: Route) -> None:
    route.abort()


def flipped_byte(route: Route) -> None:
    body = bytearray(route.fetch().body())
    body[len(body) // 2] ^= 1
    route.fulfill(body=bytes(body))


def truncated(route: Route) -> None:
    route.fulfill(body=route.fetch().body()[:-100])


def error_page(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<!doctype html><h1>Welcome</h1>")


FILE_FAULTS = [
    ("**/models/index.json", missing, "index.json could not be loaded: it is missing"),
    ("**/models/index.json", error_page, "list of models is damaged"),
    ("**/js/webgpu.js", missing, "js/webgpu.js could not be loaded"),
    (
        "**/mlp/weights.safetensors",
        missing,
        "mlp/weights.safetensors could not be loaded: it is missing on the server (HTTP 404)",
    ),
    ("**/mlp/weights.safetensors", broken_server, "the server refused (HTTP 503)"),
    ("**/mlp/weights.safetensors", no_connection, "mlp/weights.safetensors could not be fetched"),
    ("**/mlp/weights.safetensors", flipped_byte, "mlp/weights.safetensors is damaged"),
    ("**/mlp/weights.safetensors", truncated, "mlp/weights.safetensors is damaged"),
    ("**/mlp/net.js", missing, "mlp/net.js could not be loaded"),
    ("**/mlp/net.js", error_page, "mlp/net.js is damaged"),
]


@pytest.fixture(scope="module")
def unready_page(browser, site_url):
    """A page that has no model yet, and tries again at each press of Retry."""
    digits = DigitPage(browser.new_context().new_page())
    digits.page.route("**/models/index.json", missing)
    digits.open(site_url).expect_error("index.json")
    digits.page.unroute("**/models/index.json")
    digits.errors.expect("Failed to load resource")
    digits.errors.check()
    yield digits
    digits.page.context.close()


@pytest.mark.parametrize(
    "pattern, fault, message", FILE_FAULTS, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_file_at_fault_is_named(unready_page, pattern, fault, message):
    page = unready_page.page
    page.route(pattern, fault)
    unready_page.status.evaluate("(status) => { status.textContent = ''; }")
    unready_page.retry.click()
    unready_page.expect_error(message)
    unready_page.draw_digit(7)
    unready_page.expect_no_answer()
    page.unroute(pattern)
    if fault in (missing, broken_server, no_connection):
        unready_page.errors.expect("Failed to load resource")
    unready_page.errors.check()


@pytest.mark.parametrize("pattern", ["**/models/index.json", "**/mlp/net.js"])
def test_what_was_drawn_meanwhile_is_read_once_a_retry_succeeds(open_page, pattern):
    digits = open_page(prepare=lambda page: page.route(pattern, missing))
    digits.expect_error("missing on the server")
    digits.errors.expect("Failed to load resource")
    digits.draw_digit(7)
    digits.expect_no_answer()
    digits.page.unroute(pattern)
    digits.retry.click()
    digits.expect_ready()
    digits.expect_digit(7)
    expect(digits.retry).to_be_hidden()


def test_a_connection_that_breaks_in_the_middle_of_a_file_is_told_as_such(open_page):
    digits = open_page(
        prepare=scripts("""
      const { fetch } = window;
      window.breaks = true;
      window.fetch = async (url, ...options) => {
        if (!window.breaks || !String(url).endsWith("mlp/weights.safetensors")) return fetch(url, ...options);
        return new Response(new ReadableStream({ start: (body) => { body.enqueue(new Uint8Array(9)); body.error(new TypeError("network error")); } }));
      };""")
    )
    digits.expect_error("mlp/weights.safetensors could not be fetched")
    digits.page.evaluate("window.breaks = false; null")
    digits.retry.click()
    digits.expect_ready()


def test_without_the_list_of_models_every_control_says_so_and_none_is_a_fault(open_page):
    """Regression: they looked for their model in the list, and a KeyError took the place of the
    advice to choose another."""
    digits = open_page(prepare=lambda page: page.route("**/models/index.json", missing))
    digits.expect_error("index.json could not be loaded")
    digits.errors.expect("Failed to load resource")
    digits.show_speed()
    digits.benchmark.click()
    expect(digits.benchmark_result).to_have_text("There is no model to time yet.")
    digits.backend_choice.select_option("wasm")
    digits.expect_error("index.json could not be loaded")
    digits.page.unroute("**/models/index.json")
    digits.choose("cnn")
    digits.expect_ready()
    expect(digits.backend).to_have_text("wasm")


def test_retry_by_keyboard_leaves_the_focus_where_the_outcome_is_told(open_page):
    digits = open_page(prepare=lambda page: page.route("**/mlp/net.js", missing))
    digits.expect_error("mlp/net.js")
    digits.errors.expect("Failed to load resource")
    digits.page.unroute("**/mlp/net.js")
    digits.retry.focus()
    digits.page.keyboard.press("Enter")
    digits.expect_ready()
    expect(digits.status).to_be_focused()


def test_one_models_missing_file_leaves_the_other_model_working(open_page):
    digits = open_page(prepare=lambda page: page.route("**/cnn/**", missing)).expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    digits.errors.expect("Failed to load resource")
    digits.choose("cnn")
    digits.expect_error("cnn/")
    expect(digits.parameters).to_have_text("298,626")
    digits.choose("mlp")
    digits.expect_ready()
    digits.expect_digit(7)
    expect(digits.parameters).to_have_text("670,730")


def test_a_stale_copy_in_the_browsers_cache_is_fetched_anew(open_page):
    """After a new release the cache may still hold the old weights: the digest tells, and the cache
    is passed over once."""
    answers = [flipped_byte, lambda route: route.continue_()]
    digits = open_page(
        "?backend=webgpu",
        prepare=lambda page: page.route(
            "**/mlp/weights.safetensors", lambda route: answers.pop(0)(route)
        ),
    )
    digits.expect_ready()
    assert answers == []


@pytest.mark.parametrize(
    "fault, reason",
    [
        (NO_GPU, "This browser has no WebGPU"),
        (NO_ADAPTER, "WebGPU found no GPU"),
        (NO_DEVICE, "WebGPU did not start (out of devices)"),
    ],
    ids=["no navigator.gpu", "no adapter", "no device"],
)
def test_without_webgpu_the_page_runs_on_wasm_and_says_why(open_page, fault, reason):
    digits = open_page(prepare=scripts(fault)).expect_ready()
    expect(digits.backend).to_have_text("wasm")
    expect(digits.status).to_contain_text(reason)
    digits.draw_digit(7)
    digits.expect_digit(7)
    digits.choose("cnn")
    digits.expect_ready()
    digits.expect_digit(7)


def test_where_webgpu_is_demanded_and_absent_the_page_says_so_and_keeps_the_drawing(open_page):
    digits = open_page("?backend=webgpu", prepare=scripts(NO_ADAPTER))
    digits.expect_error("WebGPU found no GPU")
    digits.draw_digit(7)
    digits.expect_no_answer()
    assert digits.inked_share() > 0.01


def lose_device(page: Page) -> None:
    page.evaluate("devices.at(-1).destroy()")


def test_a_lost_device_is_replaced(open_page):
    digits = open_page(prepare=scripts(KEEP_DEVICES, SLOW_WASM)).expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    lose_device(digits.page)
    expect(digits.status).to_have_text(re.compile("^Ready.*The GPU was lost"))
    digits.expect_digit(7)
    assert digits.page.evaluate("devices.length") == 2
    digits.clear.click()
    digits.draw_digit(3)
    digits.expect_digit(3)
    expect(digits.backend).to_have_text("webgpu")


def test_a_device_lost_in_the_middle_of_an_inference_is_replaced_and_the_drawing_is_read(open_page):
    digits = open_page(
        prepare=scripts(
            KEEP_DEVICES,
            SLOW_WASM,
            """
      const submit = GPUQueue.prototype.submit;
      GPUQueue.prototype.submit = function (...work) {
        submit.apply(this, work);
        if (window.losses-- > 0) devices.at(-1).destroy();
      };""",
        )
    ).expect_ready()
    digits.page.evaluate("window.losses = 1")
    digits.draw_digit(7)
    digits.expect_digit(7)
    expect(digits.status).to_contain_text("The GPU was lost")
    expect(digits.backend).to_have_text("webgpu")
    digits.page.evaluate("window.losses = 1e9")
    digits.clear.click()
    digits.draw_digit(3)
    digits.expect_digit(3)
    expect(digits.backend).to_have_text("wasm")
    expect(digits.status).to_contain_text("lost 2 times in a row")


def test_clear_is_not_overtaken_by_a_prediction_in_flight(open_page):
    digits = open_page("?backend=webgpu", prepare=scripts(HOLD_INFERENCES)).expect_ready()
    digits.page.evaluate(HOLD)
    digits.draw_digit(7)
    digits.page.wait_for_function("window.holding")
    digits.clear.click()
    digits.expect_no_answer()
    before = len(digits.measures("predict:inference"))
    digits.page.evaluate("window.hold = null; release()")
    digits.page.wait_for_function(
        "(before) => performance.getEntriesByName('predict:inference').length > before", arg=before
    )
    digits.page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    digits.expect_no_answer()
    assert digits.measures("predict:total") == []
    digits.draw_digit(3)
    digits.expect_digit(3)


def test_logits_that_are_not_numbers_are_never_shown(open_page):
    digits = open_page(
        "?backend=webgpu",
        prepare=scripts("""
      const getMappedRange = GPUBuffer.prototype.getMappedRange;
      GPUBuffer.prototype.getMappedRange = function (...range) {
        const bytes = getMappedRange.apply(this, range);
        return window.spoil ? new Float32Array(10).fill(NaN).buffer : bytes;
      };"""),
    ).expect_ready()
    digits.draw([(0.5, 0.1), (0.5, 0.8)])
    digits.expect_digit(1)
    digits.page.evaluate("window.spoil = true; null")
    digits.draw([(0.5, 0.2), (0.5, 0.8)])
    digits.expect_error("should give 10 finite numbers")
    digits.page.evaluate("window.spoil = false; null")
    digits.draw([(0.5, 0.2), (0.5, 0.9)])
    digits.expect_digit(1)
    digits.expect_ready()
