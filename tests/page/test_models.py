"""The choice of the model, and what happens to the answer meanwhile."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.digit_page import DigitPage
from tests.support.page_scripts import KEEP_DEVICES, hold, scripts

INDEX = {
    model["name"]: model
    for model in json.loads((Path(__file__).parents[2] / "site/models/index.json").read_text())
}


def test_the_models_of_the_index_are_offered_and_described(digits: DigitPage):
    assert digits.model.evaluate(
        "(select) => [...select.options].map(({ value }) => value)"
    ) == list(INDEX)
    for name, model in INDEX.items():
        digits.choose(name)
        digits.expect_ready()
        expect(digits.page.locator("#accuracy")).to_have_text(f"{model['test_accuracy']:.2%}")
        expect(digits.page.locator("#parameters")).to_have_text(f"{model['parameters']:,}")


def test_another_model_reads_the_same_drawing_again(digits: DigitPage):
    def probabilities_by(name: str) -> list:
        digits.choose(name)
        expect(digits.page.locator("#parameters")).to_have_text(f"{INDEX[name]['parameters']:,}")
        digits.expect_digit(5)
        return digits.probabilities()

    digits.draw_digit(5)
    by_cnn, by_mlp = probabilities_by("cnn"), probabilities_by("mlp")
    assert by_cnn != by_mlp
    assert probabilities_by("cnn") == by_cnn and probabilities_by("mlp") == by_mlp


def test_the_old_answer_does_not_stand_under_the_new_name_while_a_model_loads(open_page):
    digits = open_page().expect_ready()
    digits.draw_digit(5)
    digits.expect_digit(5)
    held = hold(digits.page, "**/cnn/weights.safetensors")
    with digits.page.expect_request("**/cnn/weights.safetensors"):
        digits.choose("cnn")
    expect(digits.root).to_have_attribute("data-state", "loading")
    digits.expect_no_answer()
    digits.draw([(0.9, 0.9)])
    digits.expect_no_answer()
    digits.undo.click()
    held.pop().continue_()
    digits.expect_ready()
    digits.expect_digit(5)


def test_switching_ten_times_quickly_ends_on_the_last_choice_with_one_device(open_page):
    digits = open_page(prepare=scripts(KEEP_DEVICES)).expect_ready()
    digits.draw_digit(8)
    digits.page.evaluate("""async () => {
      const select = document.getElementById("model");
      for (let i = 0; i < 10; i++) {
        select.value = i % 2 ? "mlp" : "cnn";
        select.dispatchEvent(new Event("change"));
        await new Promise(requestAnimationFrame);
      }
      select.value = "cnn";
      select.dispatchEvent(new Event("change"));
    }""")
    digits.expect_ready()
    digits.expect_digit(8)
    expect(digits.page.locator("#parameters")).to_have_text(f"{INDEX['cnn']['parameters']:,}")
    assert digits.page.evaluate("devices.length") == 1


def test_a_slow_model_that_is_no_longer_wanted_changes_nothing(open_page):
    digits = open_page().expect_ready()
    held = hold(digits.page, "**/cnn/weights.safetensors")
    digits.draw_digit(8)
    with digits.page.expect_request("**/cnn/weights.safetensors"):
        digits.choose("cnn")
    digits.choose("mlp")
    digits.expect_ready()
    digits.expect_digit(8)
    digits.errors.expect("weights.safetensors")
    with digits.page.expect_event("requestfailed"):
        held.pop().abort()
    digits.expect_ready()
    digits.expect_digit(8)
    expect(digits.model).to_have_value("mlp")


@pytest.mark.parametrize(
    "query, model, backend",
    [
        ("?model=cnn", "cnn", "webgpu|wasm"),
        ("?backend=wasm", "mlp", "wasm"),
        ("?backend=webgpu&model=nonsense", "mlp", "webgpu"),
    ],
)
def test_the_address_chooses_model_and_backend(open_page, query, model, backend):
    digits = open_page(query).expect_ready()
    expect(digits.model).to_have_value(model)
    expect(digits.backend).to_have_text(re.compile(backend))
    digits.draw_digit(6)
    digits.expect_digit(6)
