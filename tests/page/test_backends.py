"""The choice of the backend on the page: automatic and measured, or by hand; remembered where the
browser allows it."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.digit_page import DigitPage
from tests.support.page_scripts import (
    HOLD,
    HOLD_INFERENCES,
    KEEP_DEVICES,
    NO_ADAPTER,
    SLOW_WASM,
    hold,
    scripts,
)

FIGURES = re.compile(r"^webgpu \d+\.\d ms, wasm \d+\.\d ms$")
STORAGE = "Object.entries(localStorage)"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });"
FULL_STORAGE = (
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
)


def settled(digits: DigitPage) -> DigitPage:
    """Ready, and both backends measured."""
    digits.expect_ready().show_speed()
    expect(digits.backend_times).to_have_text(FIGURES)
    return digits


@pytest.mark.parametrize(
    "prepare, faster",
    [(scripts(), "wasm"), (scripts(SLOW_WASM), "webgpu")],
    ids=["WASM is faster", "WebGPU is faster"],
)
def test_automatically_the_faster_backend_is_kept_and_the_figures_are_shown(
    open_page, prepare, faster
):
    digits = settled(open_page(prepare=prepare))
    expect(digits.backend).to_have_text(faster)
    expect(digits.backend_choice).to_have_value("auto")
    webgpu_ms, wasm_ms = map(
        float, re.findall(r"(\d+\.\d) ms", digits.backend_times.text_content())
    )
    assert (webgpu_ms <= wasm_ms) is (faster == "webgpu")
    digits.draw_digit(6)
    digits.expect_digit(6)


def test_the_page_is_ready_before_the_backends_are_measured(open_page):
    digits = open_page(prepare=lambda page: hold(page, "**/mlp/net.wasm")).expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    expect(digits.backend).to_have_text("webgpu")
    digits.show_speed()
    expect(digits.backend_times).to_have_text("")


def test_what_is_drawn_during_the_measurement_is_read_and_stays_read(open_page):
    digits = open_page(prepare=scripts(HOLD_INFERENCES, HOLD)).expect_ready()
    digits.page.wait_for_function("window.holding")
    digits.draw_digit(4)
    digits.page.evaluate("window.hold = null; release()")
    settled(digits)
    digits.expect_digit(4)
    expect(digits.backend).to_have_text("wasm")


def test_a_second_visit_begins_with_the_faster_backend_and_measures_nothing(open_page):
    digits = settled(open_page(prepare=scripts(KEEP_DEVICES)))
    assert digits.page.evaluate("devices.length") == 1
    digits.page.reload()
    settled(digits)
    expect(digits.backend).to_have_text("wasm")
    digits.draw_digit(6)
    digits.expect_digit(6)
    assert digits.page.evaluate("devices.length") == 0


@pytest.mark.parametrize("change", ["another GPU", "other weights", "a damaged note"])
def test_what_was_remembered_of_another_machine_or_model_is_measured_anew(open_page, change):
    digits = settled(open_page())
    [[key, kept]] = digits.page.evaluate(STORAGE)
    other = {
        "another GPU": kept.replace("swiftshader", "radeon"),
        "other weights": re.sub(r'"of": "\w{4}', '"of": "0000', kept),
        "a damaged note": "{",
    }[change]
    assert other != kept
    other = re.sub(r'"webgpu": [\d.]+', '"webgpu": 0.001', other)
    digits.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, other])
    digits.page.reload()
    settled(digits)
    expect(digits.backend).to_have_text("wasm")
    assert digits.page.evaluate(STORAGE)[0][1] != other


def test_what_was_remembered_is_believed(open_page):
    """The control for the test above: the same note, but of this machine and model."""
    digits = settled(open_page())
    [[key, kept]] = digits.page.evaluate(STORAGE)
    digits.page.evaluate(
        "([key, text]) => localStorage.setItem(key, text)",
        [key, re.sub(r'"webgpu": [\d.]+', '"webgpu": 0.001', kept)],
    )
    digits.page.reload()
    settled(digits)
    expect(digits.backend).to_have_text("webgpu")
    expect(digits.backend_times).to_contain_text("webgpu 0.0 ms")


@pytest.mark.parametrize("fault", [NO_STORAGE, FULL_STORAGE], ids=["denied", "full"])
def test_storage_that_is_denied_or_full_does_no_harm(open_page, fault):
    digits = settled(open_page(prepare=scripts(fault)))
    expect(digits.backend).to_have_text("wasm")
    digits.draw_digit(3)
    digits.expect_digit(3)
    digits.choose("cnn")
    settled(digits)
    digits.expect_digit(3)


def test_switching_by_hand_keeps_the_drawing_and_reads_it_again_on_one_device(open_page):
    digits = settled(open_page(prepare=scripts(KEEP_DEVICES)))
    digits.draw_digit(5)
    digits.expect_digit(5)
    digits.show_speed()
    for _ in range(3):
        for backend in ("webgpu", "wasm"):
            before = len(digits.measures("predict:total"))
            digits.backend_choice.select_option(backend)
            expect(digits.backend).to_have_text(backend)
            digits.expect_ready()
            digits.expect_digit(5)
            assert len(digits.measures("predict:total")) > before
    assert digits.page.evaluate("devices.length") == 1
    digits.backend_choice.select_option("auto")
    expect(digits.backend).to_have_text("wasm")
    digits.expect_digit(5)


def test_both_backends_give_the_same_answer(open_page):
    digits = settled(open_page())
    digits.draw_digit(8)
    digits.show_speed()
    found = []
    for backend in ("webgpu", "wasm"):
        digits.backend_choice.select_option(backend)
        expect(digits.backend).to_have_text(backend)
        digits.expect_digit(8)
        found.append(digits.probabilities())
    assert found[0] == pytest.approx(found[1], abs=1e-3)


def test_each_model_is_measured_once(open_page):
    digits = settled(open_page(prepare=scripts(SLOW_WASM)))
    digits.choose("cnn")
    settled(digits)
    runs = digits.page.evaluate("wasmRuns")
    digits.choose("mlp")
    settled(digits)
    digits.choose("cnn")
    settled(digits)
    digits.draw_digit(2)
    digits.expect_digit(2)
    assert digits.page.evaluate("wasmRuns") == runs > 0


def test_the_address_sets_the_control_and_nothing_is_measured(open_page):
    digits = open_page("?backend=webgpu", prepare=scripts(SLOW_WASM)).expect_ready()
    expect(digits.backend_choice).to_have_value("webgpu")
    digits.draw_digit(2)
    digits.expect_digit(2)
    digits.show_speed()
    expect(digits.backend_times).to_have_text("")
    assert digits.page.evaluate("[wasmRuns, localStorage.length]") == [0, 0]


def test_a_backend_chosen_by_hand_that_is_not_there_is_an_error_that_automatic_mends(open_page):
    digits = open_page("?backend=wasm", prepare=scripts(NO_ADAPTER)).expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    digits.show_speed()
    digits.backend_choice.select_option("webgpu")
    digits.expect_error("WebGPU found no GPU")
    digits.backend_choice.select_option("auto")
    digits.expect_ready()
    digits.expect_digit(7)
    expect(digits.backend).to_have_text("wasm")
