"""The panel with the times, and the benchmark."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.digit_page import PHONE, DigitPage
from tests.support.page_scripts import SLOW_WASM, scripts

COUNT_TIMESTAMPS = """
  window.timestamps = 0;
  const resolveQuerySet = GPUCommandEncoder.prototype.resolveQuerySet;
  GPUCommandEncoder.prototype.resolveQuerySet = function (...options) {
    window.timestamps += 1;
    return resolveQuerySet.apply(this, options);
  };
"""
NO_CLOCK = """
  const { get } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "features");
  Object.defineProperty(GPUAdapter.prototype, "features", { get() {
    return new Set([...get.call(this)].filter((feature) => feature !== "timestamp-query"));
  } });
"""
NUMBER = re.compile(r"^\d+\.\d\d$")
NONE = "–"
FIRST, LAST, MEDIAN, PERCENTILE_95 = range(4)


@pytest.fixture
def speed(open_page) -> DigitPage:
    return open_page("?backend=webgpu", prepare=scripts(COUNT_TIMESTAMPS)).expect_ready()


def cells(digits: DigitPage, stage: str):
    return digits.page.locator(f"#times [data-stage={stage}] td")


def test_the_panel_is_closed_and_opens_by_keyboard(speed):
    expect(speed.times).to_be_hidden()
    speed.clear.focus()
    speed.page.keyboard.press("Tab")
    expect(speed.speed).to_be_focused()
    speed.page.keyboard.press("Enter")
    expect(speed.times).to_be_visible()
    for control in ("backend-choice", "benchmark"):
        speed.page.keyboard.press("Tab")
        assert speed.page.evaluate("document.activeElement.id") == control
    speed.speed.press("Space")
    expect(speed.times).to_be_hidden()


def test_the_panel_tells_what_the_predictions_took(speed):
    speed.speed.click()
    speed.draw_digit(3)
    speed.expect_digit(3)
    for stage in ("image", "inference", "view", "total"):
        expect(cells(speed, stage).nth(LAST)).to_have_text(
            f"{speed.measures(f'predict:{stage}')[-1]:.2f}"
        )
    count = len(speed.measures("predict:total")) - 1
    expect(speed.page.locator("#times-caption")).to_have_text(
        f"Multilayer perceptron on webgpu, last {count} predictions, in ms"
    )
    warm = sorted(speed.measures("predict:inference")[1:])
    median, percentile_95 = (
        float(cells(speed, "inference").nth(column).inner_text())
        for column in (MEDIAN, PERCENTILE_95)
    )
    assert median == pytest.approx(
        (warm[(len(warm) - 1) // 2] + warm[len(warm) // 2]) / 2, abs=0.01
    )
    assert warm[0] <= median <= percentile_95 <= warm[-1]


def test_the_first_prediction_of_a_network_is_told_apart(speed):
    speed.speed.click()
    speed.draw([(0.5, 0.5)])
    speed.expect_answer()
    first = f"{speed.measures('predict:inference')[0]:.2f}"
    expect(cells(speed, "inference").nth(FIRST)).to_have_text(first)
    speed.draw_digit(3)
    speed.expect_answer()
    expect(cells(speed, "inference").nth(LAST)).to_have_text(NUMBER)
    expect(cells(speed, "inference").nth(FIRST)).to_have_text(first)
    speed.choose("cnn")
    speed.expect_ready()
    speed.expect_answer()
    expect(speed.page.locator("#times-caption")).to_contain_text("Convolutional network")
    expect(cells(speed, "inference").nth(FIRST)).not_to_have_text(first)
    expect(cells(speed, "inference").nth(MEDIAN)).to_have_text(NONE)


def test_the_gpus_clock_is_read_only_while_the_panel_is_open(speed):
    speed.draw_digit(3)
    speed.expect_digit(3)
    assert speed.page.evaluate("timestamps") == 0
    speed.speed.click()
    expect(cells(speed, "gpu").nth(LAST)).to_have_text(NUMBER)
    assert speed.page.evaluate("timestamps") > 0
    assert 0 < float(cells(speed, "gpu").nth(LAST).inner_text()) < 1000


@pytest.mark.parametrize(
    "query, prepare",
    [("?backend=webgpu", scripts(NO_CLOCK)), ("?backend=wasm", scripts())],
    ids=["no timestamp-query", "WASM"],
)
def test_where_no_gpu_can_tell_its_time_the_rest_is_told(open_page, query, prepare):
    digits = open_page(query, prepare=prepare).expect_ready()
    digits.speed.click()
    digits.draw_digit(3)
    digits.expect_digit(3)
    expect(cells(digits, "inference").nth(LAST)).to_have_text(NUMBER)
    expect(cells(digits, "gpu").nth(LAST)).to_have_text(NONE)


def test_after_an_automatic_choice_the_cold_inference_is_that_of_the_trial(open_page):
    digits = open_page().expect_ready()
    digits.speed.click()
    expect(digits.backend).to_have_text("wasm")
    expect(digits.page.locator("#times-caption")).to_contain_text("on wasm")
    expect(cells(digits, "inference").nth(FIRST)).to_have_text(NUMBER)


def distribution(digits: DigitPage) -> list[int]:
    return digits.page.evaluate(
        "Array.from(Chart.getChart('benchmark-chart').data.datasets[0].data)"
    )


def test_the_benchmark_times_500_inferences_and_shows_their_distribution(speed):
    speed.draw_digit(7)
    speed.expect_digit(7)
    speed.speed.click()
    progress = speed.page.evaluate_handle("""() => {
      const bar = document.getElementById("benchmark-progress"), seen = [];
      new MutationObserver(() => seen.push(bar.value)).observe(bar, { attributes: true });
      return seen;
    }""")
    speed.benchmark.click()
    expect(speed.benchmark_result).to_have_text(
        re.compile(
            r"^Multilayer perceptron on webgpu: 500 inferences: median \d+\.\d\d ms, 95 % within \d+\.\d\d ms$"
        ),
        timeout=30_000,
    )
    assert sum(distribution(speed)) == 500
    expect(speed.page.locator("#benchmark-chart")).to_be_visible()
    assert speed.page.evaluate("""() => {
      const [bar] = Chart.getChart("benchmark-chart").getDatasetMeta(0).data;
      return bar.options.backgroundColor === getComputedStyle(document.body).getPropertyValue("--accent"); }""")
    expect(speed.page.locator("#benchmark-chart")).to_have_accessible_name(
        re.compile("^Distribution of the times: 500 inferences: median")
    )
    seen = progress.json_value()
    assert len(set(seen)) > 10 and seen == sorted(seen) and max(seen) <= 500
    expect(speed.page.locator("#benchmark-progress")).to_be_hidden()
    speed.expect_digit(7)
    expect(speed.benchmark).to_have_text("Time 500 inferences")


def test_the_benchmark_can_be_stopped_and_the_page_goes_on_meanwhile(open_page):
    digits = open_page("?backend=wasm", prepare=scripts(SLOW_WASM)).expect_ready()
    digits.speed.click()
    digits.benchmark.click()
    expect(digits.page.locator("#benchmark-progress")).to_be_visible()
    digits.draw_digit(7)
    digits.expect_digit(7)
    expect(digits.benchmark).to_have_text("Stop")
    digits.page.wait_for_function("document.getElementById('benchmark-progress').value >= 20")
    digits.benchmark.click()
    expect(digits.benchmark).to_have_text("Time 500 inferences")
    expect(digits.benchmark_result).to_have_text(re.compile(r": \d+ inferences: median"))
    assert 20 <= sum(distribution(digits)) < 500


def test_a_network_lost_during_the_benchmark_is_told_there_and_replaced(speed):
    speed.draw_digit(7)
    speed.expect_digit(7)
    speed.speed.click()
    speed.page.evaluate("""() => {
      const submit = GPUQueue.prototype.submit, lose = { left: 100 };
      GPUQueue.prototype.submit = function (...work) {
        submit.apply(this, work);
        if (--lose.left === 0) window.device.destroy();
      };
      const createCommandEncoder = GPUDevice.prototype.createCommandEncoder;
      GPUDevice.prototype.createCommandEncoder = function (...options) {
        window.device = this;
        return createCommandEncoder.apply(this, options);
      };
    }""")
    speed.benchmark.click()
    expect(speed.benchmark_result).to_contain_text("lost")
    expect(speed.benchmark).to_have_text("Time 500 inferences")
    speed.expect_ready()
    speed.expect_digit(7)


def test_the_panel_fits_on_a_phone(open_page):
    digits = open_page("?backend=wasm", **PHONE).expect_ready()
    with digits.drawing([(0.5, 0.2), (0.5, 0.5), (0.5, 0.7)], "touch"):
        digits.expect_digit(1)
    with digits.drawing([(0.5, 0.7), (0.5, 0.8)], "touch"):
        digits.page.wait_for_timeout(
            100
        )  # Chromium takes a tap after a flick, which this one would be, for its end
    digits.speed.tap()
    expect(cells(digits, "total").nth(LAST)).to_have_text(NUMBER)
    digits.benchmark.tap()
    expect(digits.benchmark_result).to_contain_text("500 inferences", timeout=30_000)
    assert digits.page.evaluate("document.documentElement.scrollWidth") == 360
    for part in (
        digits.times,
        digits.backend_choice,
        digits.benchmark,
        digits.benchmark_result,
        digits.page.locator("#benchmark-chart"),
    ):
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360, part
