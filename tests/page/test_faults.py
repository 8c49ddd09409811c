"""What goes wrong on real pages: files, networks, GPUs. The page says what happened, and goes on
when it can."""

import hashlib
import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from export.publish.site_files import ROOT, read
from tests.support.browser import shared_page
from tests.support.digit_page import DigitPage
from tests.support.light_site import light_site
from tests.support.page_scripts import (
    HOLD,
    HOLD_INFERENCES,
    KEEP_DEVICES,
    SILENT_GPU,
    SLOW_WASM,
    prepared,
    routed,
    scripts,
)

# A connection that breaks in the middle of the weights, while window.breaks is set.
BREAKING_CONNECTION = """
  const { fetch } = window;
  const broken = () => new Response(new ReadableStream({ start: (body) => {
    body.enqueue(new Uint8Array(9));
    body.error(new TypeError("network error"));
  } }));
  window.fetch = async (url, ...options) =>
    window.breaks && String(url).includes("mlp/weights.safetensors")
      ? broken() : fetch(url, ...options);
"""
# window.fault says what is wrong with WebGPU: "no navigator.gpu", "no adapter", "no device".
GPU_FAULTS = """
  window.fault = "no navigator.gpu";
  const { get } = Object.getOwnPropertyDescriptor(Navigator.prototype, "gpu");
  Object.defineProperty(Navigator.prototype, "gpu", {
    get() { return window.fault === "no navigator.gpu" ? undefined : get.call(this); } });
  const { requestAdapter } = GPU.prototype, { requestDevice } = GPUAdapter.prototype;
  GPU.prototype.requestAdapter = async function (...options) {
    return window.fault === "no adapter" ? null : requestAdapter.apply(this, options);
  };
  GPUAdapter.prototype.requestDevice = async function (...options) {
    if (window.fault !== "no device") return requestDevice.apply(this, options);
    throw new DOMException("out of devices", "OperationError");
  };
"""
# The next window.losses pieces of work lose their GPU device; while window.spoil is set, what is
# read back from the GPU is no number.
LOSSES_AND_NONSENSE = """
  window.losses = 0;
  const submit = GPUQueue.prototype.submit;
  GPUQueue.prototype.submit = function (...work) {
    submit.apply(this, work);
    if (window.losses-- > 0) devices.at(-1).destroy();
  };
  const getMappedRange = GPUBuffer.prototype.getMappedRange;
  GPUBuffer.prototype.getMappedRange = function (...range) {
    const bytes = getMappedRange.apply(this, range);
    return window.spoil ? new Float32Array(bytes.byteLength / 4).fill(NaN).buffer : bytes;
  };
"""

# endWaits() ends what waits for seconds.
LONG_WAITS = """
  const { setTimeout, clearTimeout } = window, waits = new Map();
  window.setTimeout = (job, ms, ...options) => {
    const id = setTimeout(job, ms, ...options);
    if (ms >= 5000) waits.set(id, job);
    return id;
  };
  window.clearTimeout = (id) => { waits.delete(id); clearTimeout(id); };
  window.endWaits = () => waits.forEach((job, id) => { window.clearTimeout(id); job(); });
"""


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


FAILED_REQUEST = (missing, broken_server, no_connection)
FILE_FAULTS = [
    ("**/models/index.json", missing, "index.json could not be loaded: it is missing"),
    ("**/models/index.json", error_page, "list of models is damaged"),
    ("**/js/webgpu.js", missing, "js/webgpu.js could not be loaded"),
    (
        "**/mlp/weights.safetensors*",
        missing,
        "mlp/weights.safetensors could not be loaded: it is missing on the server (HTTP 404)",
    ),
    ("**/mlp/weights.safetensors*", broken_server, "the server refused (HTTP 503)"),
    ("**/mlp/weights.safetensors*", no_connection, "mlp/weights.safetensors could not be fetched"),
    ("**/mlp/weights.safetensors*", flipped_byte, "mlp/weights.safetensors is damaged"),
    ("**/mlp/weights.safetensors*", truncated, "mlp/weights.safetensors is damaged"),
    ("**/mlp/net.js*", missing, "mlp/net.js could not be loaded"),
    ("**/mlp/net.js*", error_page, "mlp/net.js is damaged"),
    ("**/mlp/net.wasm*", missing, "mlp/net.wasm could not be loaded"),
    ("**/mlp/net.wasm*", flipped_byte, "mlp/net.wasm is damaged"),
]


@pytest.fixture(scope="module")
def unready_page(tabs, site_url):
    """A page that has no model yet, and tries again at each press of Retry. With WebGPU in its
    address no network is loaded while Python starts, so that Python loads each file."""

    prepare = prepared(
        lambda page: page.route("**/models/index.json", missing), scripts(BREAKING_CONNECTION)
    )
    with tabs.opened(site_url + "?backend=webgpu", prepare) as digits:
        digits.expect_error("index.json")
        digits.page.unroute("**/models/index.json")
        digits.errors.expect("Failed to load resource")
        digits.errors.check()
        yield digits


def retry(digits: DigitPage, backend: str) -> None:
    """Another try, on this backend; what the page said before is gone."""
    digits.show_speed()
    digits.backend_choice.evaluate("(select, name) => { select.value = name; }", backend)
    digits.status.evaluate("(status) => { status.textContent = ''; }")
    digits.retry.click()


@pytest.mark.parametrize(
    "pattern, fault, message", FILE_FAULTS, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_file_at_fault_is_named(unready_page, pattern, fault, message):
    unready_page.page.route(pattern, fault)
    retry(unready_page, "wasm" if "wasm" in pattern else "webgpu")
    unready_page.expect_error(message)
    unready_page.draw_digit(7)
    unready_page.expect_no_answer()
    unready_page.page.unroute(pattern)
    if fault in FAILED_REQUEST:
        unready_page.errors.expect("Failed to load resource")
    unready_page.errors.check()


def test_a_connection_that_breaks_in_the_middle_of_a_file_is_told_as_such(unready_page):
    unready_page.page.evaluate("window.breaks = true")
    retry(unready_page, "webgpu")
    unready_page.expect_error("mlp/weights.safetensors could not be fetched")
    unready_page.page.evaluate("window.breaks = false")


def test_stale_copies_in_the_browsers_cache_are_fetched_again(unready_page):
    """After a release the cache may still hold old files: the digest tells, and the cache is passed
    over once. The last test of this page, which is ready then."""
    stale = {"weights.safetensors", "net.wasm", "net.js"}

    def answer(route: Route) -> None:
        file = route.request.url.split("/")[-1].partition("?")[0]
        if file in stale:
            stale.remove(file)
            flipped_byte(route)
        else:
            route.continue_()

    with routed(unready_page.page, "**/mlp/*", answer):
        retry(unready_page, "webgpu")
        unready_page.expect_ready()
        unready_page.wipe()
        unready_page.draw_digit(7)
        unready_page.expect_digit(7)
        assert stale == {"net.wasm"}
        unready_page.choose_backend("wasm")
        expect(unready_page.backend).to_have_text("wasm")
        unready_page.expect_ready()
        unready_page.expect_digit(7)
    assert not stale


def test_after_a_start_that_failed_every_control_works_and_the_drawing_is_kept(open_page):
    """Regression: they looked for their model in the list, and a KeyError took the place of the
    advice to choose another."""
    digits = open_page(prepare=lambda page: page.route("**/models/index.json", missing))
    digits.errors.allow("Failed to load resource")
    digits.expect_error("index.json could not be loaded")
    digits.draw_digit(7)
    digits.expect_no_answer()
    digits.show_speed()
    digits.benchmark.click()
    expect(digits.benchmark_result).to_have_text("There is no model to time yet.")
    digits.backend_choice.select_option("wasm")
    digits.expect_error("index.json could not be loaded")
    digits.page.unroute("**/models/index.json")

    # By keyboard, the focus goes to where the outcome is told.
    digits.page.route("**/cnn/**", missing)
    digits.retry.focus()
    digits.page.keyboard.press("Enter")
    digits.expect_ready()
    expect(digits.status).to_be_focused()
    expect(digits.retry).to_be_hidden()
    expect(digits.backend).to_have_text("wasm")
    digits.expect_digit(7)

    # One model's missing files leave the other working.
    digits.choose("cnn")
    digits.expect_error("cnn/")
    expect(digits.parameters).to_have_text("298,626")
    digits.choose("mlp")
    digits.expect_ready()
    digits.expect_digit(7)
    expect(digits.parameters).to_have_text("670,730")


@pytest.mark.parametrize("file", ["weights.safetensors", "net.wasm", "net.js"])
def test_the_list_of_models_has_the_digest_of_every_file(file):
    """Without it a stale copy in a browser's cache would be believed."""
    keys = {"weights.safetensors": "sha256", "net.wasm": "wasm_sha256", "net.js": "net_sha256"}
    for model in json.loads((ROOT / "site/models/index.json").read_text()):
        content = (ROOT / "site/models" / model["name"] / file).read_bytes()
        assert model[keys[file]] == hashlib.sha256(content).hexdigest()


def test_without_webgpu_the_page_runs_on_wasm_and_says_why_where_webgpu_is_wanted(open_page):
    digits = open_page(prepare=scripts(GPU_FAULTS)).expect_ready()
    expect(digits.backend).to_have_text("wasm")
    digits.draw_digit(7)
    digits.expect_digit(7)
    digits.choose("cnn")
    digits.expect_ready()
    digits.expect_digit(7)
    for fault, reason in (
        ("no navigator.gpu", "This browser has no WebGPU"),
        ("no adapter", "WebGPU found no GPU"),
        ("no device", "WebGPU did not start (out of devices)"),
    ):
        digits.page.evaluate("(fault) => { window.fault = fault; }", fault)
        digits.choose_backend("webgpu")
        digits.expect_error(reason)
        assert digits.inked_share() > 0.01
        digits.choose_backend("auto")
        digits.expect_ready()
        expect(digits.backend).to_have_text("wasm")
        digits.expect_digit(7)


# The logits that the GPU's kernels compute are localStorage.wrong, an expression of the right X.
WRONG_KERNELS = r"""
  const { createShaderModule } = GPUDevice.prototype;
  GPUDevice.prototype.createShaderModule = function (options) {
    const wrong = localStorage.wrong ?? "X";
    const code = options.code.replace(
      /(data0_10\[\w+\] = )(.+);/g,
      (_all, store, value) => `${store}${wrong.replace("X", value)};`);
    return createShaderModule.call(this, { ...options, code });
  };
"""

faulty_page = shared_page(
    prepare=scripts(
        KEEP_DEVICES,
        SLOW_WASM,
        HOLD_INFERENCES,
        LOSSES_AND_NONSENSE,
        WRONG_KERNELS,
        SILENT_GPU,
        LONG_WAITS,
    ),
    site="light_url",
)


@pytest.fixture
def faulty(faulty_page):
    """Ready and empty on WebGPU, whatever has happened to it before."""
    faulty_page.choose_backend("auto")
    faulty_page.expect_settled()
    faulty_page.choose_backend("webgpu")
    faulty_page.expect_ready()
    faulty_page.choose_backend("auto")
    faulty_page.reset()
    expect(faulty_page.backend).to_have_text("webgpu")
    return faulty_page


def end_waits(digits: DigitPage, method: str) -> None:
    """Ends what waits for seconds, once the silent GPU was asked for this."""
    digits.wait_until("(method) => window.unanswered === method", method)
    digits.page.evaluate("endWaits()")


def test_a_lost_device_is_replaced(faulty):
    faulty.draw_digit(7)
    faulty.expect_digit(7)
    devices = faulty.page.evaluate("devices.length")
    faulty.page.evaluate("devices.at(-1).destroy()")
    expect(faulty.status).to_have_text(re.compile("^Ready.*The GPU was lost"))
    faulty.expect_digit(7)
    assert faulty.page.evaluate("devices.length") == devices + 1
    faulty.clear.click()
    faulty.draw_digit(4)
    faulty.expect_digit(4)
    expect(faulty.backend).to_have_text("webgpu")


def test_a_device_lost_in_the_middle_of_an_inference_is_replaced_and_the_drawing_is_read(faulty):
    faulty.page.evaluate("window.losses = 1")
    faulty.draw_digit(7)
    faulty.expect_digit(7)
    expect(faulty.status).to_contain_text("The GPU was lost")
    expect(faulty.backend).to_have_text("webgpu")
    faulty.page.evaluate("window.losses = 1e9")
    faulty.clear.click()
    faulty.draw_digit(4)
    faulty.expect_digit(4)
    expect(faulty.backend).to_have_text("wasm")
    expect(faulty.status).to_contain_text("lost 2 times in a row")
    faulty.page.evaluate("window.losses = 0")


def test_clear_is_not_overtaken_by_a_prediction_in_flight(faulty):
    faulty.page.evaluate(HOLD)
    faulty.draw_digit(7)
    faulty.wait_until("window.holding")
    faulty.clear.click()
    faulty.expect_no_answer()
    before = len(faulty.measures("predict:inference"))
    shown = len(faulty.measures("predict:total"))
    faulty.page.evaluate("window.hold = null; release()")
    faulty.wait_until(
        "(before) => performance.getEntriesByName('predict:inference').length > before", arg=before
    )
    faulty.page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    faulty.expect_no_answer()
    assert len(faulty.measures("predict:total")) == shown
    faulty.draw_digit(4)
    faulty.expect_digit(4)


def test_logits_that_are_not_numbers_are_never_shown(faulty):
    faulty.draw([(0.5, 0.1), (0.5, 0.8)])
    faulty.expect_digit(1)
    faulty.page.evaluate("window.spoil = true")
    faulty.draw([(0.5, 0.2), (0.5, 0.8)])
    faulty.expect_digit(1)
    faulty.expect_ready()
    expect(faulty.backend).to_have_text("wasm")
    expect(faulty.status).to_contain_text("webgpu computes wrong numbers")
    faulty.choose_backend("webgpu")
    faulty.expect_error("webgpu computes wrong numbers")
    faulty.page.evaluate("window.spoil = false")
    faulty.retry.click()
    faulty.expect_ready()
    faulty.expect_digit(1)


def test_a_gpu_that_computes_nonsense_is_left_for_the_processor_and_the_page_says_so(faulty):
    """On a machine whose faster backend was WebGPU at the visit before. Which numbers are nonsense
    is tested in tests/core/test_self_test.py."""
    faulty.page.evaluate("localStorage.wrong = '0.0f'")
    faulty.page.reload()
    faulty.expect_ready()
    expect(faulty.backend).to_have_text("wasm")
    expect(faulty.status).to_contain_text("webgpu computes wrong numbers")
    faulty.draw_digit(7)
    faulty.expect_digit(7)
    faulty.page.evaluate("localStorage.wrong = 'sqrt(-1 - abs(X))'")
    faulty.choose_backend("webgpu")
    faulty.expect_error("webgpu computes wrong numbers")
    faulty.choose_backend("wasm")
    faulty.expect_ready()
    faulty.page.evaluate("localStorage.removeItem('wrong')")
    faulty.choose_backend("webgpu")
    faulty.expect_ready()
    faulty.expect_digit(7)


def test_a_gpu_that_never_answers_is_not_waited_for(faulty):
    """Neither one whose name is unknown, nor the one that was the faster at the visit before."""
    for silent in ("requestAdapter", "createComputePipelineAsync"):
        faulty.page.evaluate("(silent) => { localStorage.silent = silent; }", silent)
        faulty.page.reload()
        if silent == "createComputePipelineAsync":
            end_waits(faulty, silent)
        faulty.expect_ready()
        expect(faulty.backend).to_have_text("wasm")
        faulty.draw_digit(7)
        faulty.expect_digit(7)
        faulty.page.evaluate("endWaits()")
        faulty.wipe()
        faulty.expect_no_answer()
        faulty.errors.check()
    faulty.page.evaluate("localStorage.removeItem('silent'); window.silent = undefined")


def test_a_gpu_that_is_wanted_and_never_answers_is_told_as_such(open_page):
    """Nobody waits for long here."""
    digits = open_page(
        "?backend=webgpu",
        prepare=scripts(SILENT_GPU, "window.silent = 'requestAdapter'", LONG_WAITS),
    )
    end_waits(digits, "requestAdapter")
    digits.expect_error("WebGPU did not answer within 8 seconds")
    for silent, sentence in (
        ("requestDevice", "The GPU did not answer"),
        ("createComputePipelineAsync", "The GPU's compiler did not answer"),
    ):
        digits.page.evaluate("(silent) => { window.silent = silent; }", silent)
        digits.retry.click()
        end_waits(digits, silent)
        digits.expect_error(sentence)
    digits.page.evaluate("window.silent = undefined")
    digits.retry.click()
    digits.expect_ready()


def release_anew(page: Page, model: str) -> None:
    """The server has another net.js of this model from now on, and a list that names it."""
    files = light_site()
    source = read(files[f"models/{model}/net.js"]) + b"\n"
    entries = json.loads(read(files["models/index.json"]))
    for entry in entries:
        if entry["name"] == model:
            entry["net_sha256"] = hashlib.sha256(source).hexdigest()
    page.route(
        f"**/{model}/net.js*",
        lambda route: route.fulfill(body=source, content_type="text/javascript"),
    )
    page.route("**/models/index.json", lambda route: route.fulfill(json=entries))


def test_a_release_while_the_page_is_open_is_told_as_such_and_retry_takes_it(faulty):
    """Of the CNN, which no other test on this page uses."""
    faulty.draw_digit(7)
    faulty.expect_digit(7)
    release_anew(faulty.page, "cnn")
    faulty.choose("cnn")
    faulty.expect_error("A new release of this page is on the server")
    expect(faulty.status).to_contain_text("Reload the page")
    faulty.retry.click()
    faulty.expect_ready()
    expect(faulty.parameters).to_have_text("298,626")
    faulty.expect_digit(7)
    faulty.page.unroute("**/cnn/net.js*")
    faulty.page.unroute("**/models/index.json")
