"""The choice of the model, and what happens to the answer meanwhile."""

import json

import pytest
from playwright.sync_api import expect

from export.publish.site_files import ROOT
from tests.support.browser import shared_page
from tests.support.digit_page import DigitPage
from tests.support.page_scripts import KEEP_DEVICES, Hold, scripts

INDEX = {
    model["name"]: model for model in json.loads((ROOT / "site/models/index.json").read_text())
}

nonsense_page = shared_page(
    "?backend=webgpu&model=nonsense", scripts(KEEP_DEVICES), site="light_url"
)


@pytest.fixture
def fresh(nonsense_page: DigitPage) -> DigitPage:
    """A page whose CNN is not loaded: its GPU was lost, and with it all its networks."""
    nonsense_page.reset()
    nonsense_page.page.evaluate("devices.at(-1).destroy()")
    expect(nonsense_page.status).to_contain_text("The GPU was lost")
    nonsense_page.draw_digit(7)
    nonsense_page.expect_digit(7)
    return nonsense_page


def test_the_models_of_the_index_are_offered_and_described(digits: DigitPage):
    offered = digits.model.evaluate("(select) => [...select.options].map(({ value }) => value)")
    assert offered == list(INDEX)
    for name, model in INDEX.items():
        digits.choose(name)
        digits.expect_ready()
        expect(digits.page.locator("#accuracy")).to_have_text(f"{model['test_accuracy']:.2%}")
        expect(digits.parameters).to_have_text(f"{model['parameters']:,}")


def test_another_model_reads_the_same_drawing_again(digits: DigitPage):
    def probabilities_by(name: str) -> list:
        digits.choose(name)
        expect(digits.parameters).to_have_text(f"{INDEX[name]['parameters']:,}")
        digits.expect_digit(5)
        return digits.probabilities()

    digits.draw_digit(5)
    by_cnn, by_mlp = probabilities_by("cnn"), probabilities_by("mlp")
    assert by_cnn != by_mlp
    assert probabilities_by("cnn") == by_cnn and probabilities_by("mlp") == by_mlp


def test_the_old_answer_does_not_stand_under_the_new_name_while_a_model_loads(fresh):
    held = Hold("**/cnn/net.js*", fresh.page)
    with fresh.page.expect_request("**/cnn/net.js*"):
        fresh.choose("cnn")
    expect(fresh.root).to_have_attribute("data-state", "loading")
    fresh.expect_no_answer()
    fresh.draw([(0.9, 0.9)])
    fresh.expect_no_answer()
    fresh.undo.click()
    held.release()
    fresh.expect_ready()
    fresh.expect_digit(7)
    expect(fresh.parameters).to_have_text(f"{INDEX['cnn']['parameters']:,}")


def test_a_slow_model_that_is_no_longer_wanted_changes_nothing(fresh):
    held = Hold("**/cnn/net.js*", fresh.page)
    with fresh.page.expect_request("**/cnn/net.js*"):
        fresh.choose("cnn")
    fresh.choose("mlp")
    fresh.expect_ready()
    fresh.expect_digit(7)
    fresh.errors.expect("net.js")
    with fresh.page.expect_event("requestfailed"):
        held.routes.pop().abort()
    held.release()
    fresh.expect_ready()
    fresh.expect_digit(7)
    expect(fresh.model).to_have_value("mlp")
    fresh.errors.check()


def test_switching_ten_times_quickly_ends_on_the_last_choice_with_one_device(fresh):
    devices = fresh.page.evaluate("devices.length")
    fresh.page.evaluate("""async () => {
      const select = document.getElementById("model");
      for (let i = 0; i <= 10; i++) {
        select.value = i % 2 ? "mlp" : "cnn";
        select.dispatchEvent(new Event("change"));
        await new Promise(requestAnimationFrame);
      }
    }""")
    fresh.expect_ready()
    fresh.expect_digit(7)
    expect(fresh.model).to_have_value("cnn")
    expect(fresh.parameters).to_have_text(f"{INDEX['cnn']['parameters']:,}")
    assert fresh.page.evaluate("devices.length") == devices


def test_with_webgpu_in_the_address_nothing_else_is_loaded_or_measured(fresh):
    fresh.show_speed()
    expect(fresh.backend_choice).to_have_value("webgpu")
    expect(fresh.backend_times).to_have_text("")
    loaded = fresh.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert not [url for url in loaded if "net.wasm" in url]
    kept = fresh.page.evaluate("Object.keys(localStorage)")
    assert not [key for key in kept if " speed of " in key]


def test_a_model_in_the_address_that_is_not_there_leaves_the_first(nonsense_page):
    nonsense_page.reset()
    expect(nonsense_page.model).to_have_value(next(iter(INDEX)))
    expect(nonsense_page.backend).to_have_text("webgpu")
