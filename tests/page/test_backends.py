"""The choice of the backend on the page: automatic and measured, or by hand; remembered where the
browser allows it.

How the choice is made is tested in tests/core/test_chooser.py. Here are real networks, the real
storage and the real GPU; and as each start of Python takes seconds, the tests follow a visit.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.support.digit_page import TRIAL_MS, DigitPage
from tests.support.page_scripts import (
    COUNT_ADAPTERS,
    HOLD,
    HOLD_INFERENCES,
    KEEP_DEVICES,
    SLOW_WASM,
    Hold,
    prepared,
    scripts,
)

STORAGE_THAT_FAILS = """
  const { get } = Object.getOwnPropertyDescriptor(window, "localStorage");
  window.storage = "denied";
  Object.defineProperty(window, "localStorage", { get() {
    if (window.storage === "denied") throw new DOMException("denied", "SecurityError");
    return get.call(window);
  } });
  Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
"""
FIRST = 0


def times(digits: DigitPage) -> tuple[float, float]:
    """Milliseconds of WebGPU and of WASM, as the panel tells them."""
    wasm_ms, webgpu_ms = re.findall(r"(\d+\.\d) ms", digits.backend_times.text_content())
    return float(webgpu_ms), float(wasm_ms)


def notes(digits: DigitPage) -> dict[str, str]:
    """What is remembered of backends, by the name of the model."""
    kept = digits.page.evaluate("Object.entries(localStorage)")
    return {key.split()[-1]: text for key, text in kept if " speed of " in key}


def expect_notes(digits: DigitPage, *names: str) -> None:
    """These models are measured: the panel may still show the times of the one before."""
    for _ in range(TRIAL_MS // 100):
        if notes(digits).keys() >= {*names}:
            return
        digits.page.wait_for_timeout(100)
    raise AssertionError(f"noted: {notes(digits)}")


def rewrite_notes(digits: DigitPage, **texts: str) -> None:
    for model, text in texts.items():
        digits.page.evaluate(
            """([model, text]) => {
              const key = Object.keys(localStorage).find((key) => key.endsWith(model));
              localStorage.setItem(key, text);
            }""",
            [model, text],
        )


def test_a_first_visit_measures_once_it_is_ready_and_later_visits_remember(open_light):
    webgpu = Hold("**/js/webgpu.js*")
    digits = open_light(
        prepare=prepared(scripts(COUNT_ADAPTERS, KEEP_DEVICES, HOLD_INFERENCES), webgpu)
    ).expect_ready()

    digits.draw_digit(7)
    digits.expect_digit(7)
    expect(digits.backend).to_have_text("wasm")
    digits.show_speed()
    expect(digits.backend_times).to_have_text("")

    digits.page.evaluate(HOLD)
    webgpu.release()
    digits.wait_until("window.holding")
    digits.clear.click()
    digits.draw_digit(4)
    digits.expect_digit(4)
    digits.page.evaluate("window.hold = null; release()")
    digits.expect_settled()
    digits.expect_digit(4)
    expect(digits.backend).to_have_text("wasm")
    expect(digits.backend_choice).to_have_value("auto")
    expect(digits.times_caption).to_contain_text("on wasm")
    expect(digits.times_of("inference").nth(FIRST)).to_have_text(re.compile(r"^\d+\.\d\d$"))
    webgpu_ms, wasm_ms = times(digits)
    assert wasm_ms <= webgpu_ms
    assert digits.page.evaluate("[adapters, devices.length]") == [1, 1]

    digits.choose("cnn")
    digits.expect_settled()
    remembered = notes(digits)
    assert set(remembered) == {"mlp", "cnn"}
    digits.choose("mlp")  # the page opens with the model that was chosen last
    digits.expect_settled()

    believed = re.sub(r'"webgpu": [\d.]+', '"webgpu": 0.001', remembered["mlp"])
    rewrite_notes(digits, mlp=believed)
    digits.page.reload()
    digits.expect_settled()
    expect(digits.backend).to_have_text("webgpu")
    assert times(digits) == (0.0, wasm_ms)
    digits.draw_digit(7)
    digits.expect_digit(7)
    digits.choose("cnn")
    expect(digits.backend).to_have_text("wasm")
    digits.expect_settled()
    digits.expect_digit(7)
    assert notes(digits) == {"mlp": believed, "cnn": remembered["cnn"]}
    assert digits.page.evaluate("[adapters, devices.length]") == [1, 1]

    other_gpu = believed.replace("swiftshader", "radeon")
    assert other_gpu != believed
    digits.choose("mlp")
    digits.expect_settled()
    rewrite_notes(digits, mlp=other_gpu, cnn="{")
    digits.page.reload()
    digits.expect_settled()
    expect(digits.backend).to_have_text("wasm")
    digits.choose("cnn")
    digits.expect_settled()
    assert notes(digits)["mlp"] not in (other_gpu, believed)
    assert set(notes(digits)) == {"mlp", "cnn"} and notes(digits)["cnn"] != "{"


def test_where_webgpu_is_the_faster_it_is_kept_and_each_model_is_measured_once(open_light):
    digits = open_light(prepare=scripts(SLOW_WASM)).expect_settled()
    expect(digits.backend).to_have_text("webgpu")
    webgpu_ms, wasm_ms = times(digits)
    assert webgpu_ms <= wasm_ms
    digits.choose("cnn")
    expect(digits.parameters).to_have_text("298,626")
    expect_notes(digits, "mlp", "cnn")
    runs = digits.page.evaluate("wasmRuns")
    for name, parameters in (("mlp", "670,730"), ("cnn", "298,626")):
        digits.choose(name)
        expect(digits.parameters).to_have_text(parameters)
        digits.expect_settled()
        expect(digits.backend).to_have_text("webgpu")
    digits.draw_digit(7)
    digits.expect_digit(7)
    assert digits.page.evaluate("wasmRuns") == runs > 0


def test_by_hand_each_backend_reads_the_kept_drawing_alike_on_one_device(open_light):
    digits = open_light(prepare=scripts(KEEP_DEVICES, STORAGE_THAT_FAILS)).expect_settled()
    expect(digits.backend).to_have_text("wasm")
    digits.draw_digit(4)
    digits.expect_digit(4)
    found = {}
    for backend in ("webgpu", "wasm", "webgpu"):
        before = len(digits.measures("predict:total"))
        digits.backend_choice.select_option(backend)
        expect(digits.backend).to_have_text(backend)
        digits.expect_ready()
        digits.wait_until(
            "(before) => performance.getEntriesByName('predict:total').length > before", before
        )
        digits.expect_digit(4)
        found[backend] = digits.probabilities()
    assert found["webgpu"] == pytest.approx(found["wasm"], abs=1e-3)
    assert digits.page.evaluate("devices.length") == 1
    digits.backend_choice.select_option("auto")
    expect(digits.backend).to_have_text("wasm")
    digits.expect_digit(4)

    # So far storage was denied; from now on it is full.
    digits.page.evaluate("window.storage = 'full'")
    digits.choose("cnn")
    expect(digits.parameters).to_have_text("298,626")
    digits.expect_settled()
    digits.expect_digit(4)
    assert notes(digits) == {}
