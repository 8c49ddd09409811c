"""The panel with the times, and the benchmark: one page for all tests, in any order."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.browser import shared_page
from tests.support.digit_page import DigitPage
from tests.support.page_scripts import KEEP_DEVICES, scripts

COUNT_TIMESTAMPS = """
  window.timestamps = 0;
  const resolveQuerySet = GPUCommandEncoder.prototype.resolveQuerySet;
  GPUCommandEncoder.prototype.resolveQuerySet = function (...options) {
    window.timestamps += 1;
    return resolveQuerySet.apply(this, options);
  };
"""
# While window.noClock is set, no adapter says that its GPU has a clock.
CLOCK_SWITCH = """
  const { get } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "features");
  Object.defineProperty(GPUAdapter.prototype, "features", { get() {
    const hides = (feature) => window.noClock && feature === "timestamp-query";
    return new Set([...get.call(this)].filter((feature) => !hides(feature)));
  } });
"""
# After window.submitsToLoss pieces of work for the GPU it is lost.
LOSS_SWITCH = """
  const submit = GPUQueue.prototype.submit;
  window.submitsToLoss = -1;
  GPUQueue.prototype.submit = function (...work) {
    submit.apply(this, work);
    if (window.submitsToLoss >= 0 && window.submitsToLoss-- === 0) devices.at(-1).destroy();
  };
"""
BAR_COLOURS = """() => {
  const [bar] = Chart.getChart("benchmark-chart").getDatasetMeta(0).data;
  const accent = getComputedStyle(document.body).getPropertyValue("--accent");
  return [bar.options.backgroundColor, accent];
}"""
NUMBER = re.compile(r"^\d+\.\d\d$")
NONE = "–"
FIRST, LAST, MEDIAN, PERCENTILE_95 = range(4)

speed_page = shared_page(
    "?backend=webgpu",
    scripts(KEEP_DEVICES, COUNT_TIMESTAMPS, CLOCK_SWITCH, LOSS_SWITCH),
    site="light_url",
)


@pytest.fixture
def speed(speed_page: DigitPage) -> DigitPage:
    """WebGPU runs the MLP."""
    speed_page.choose_backend("webgpu")
    speed_page.reset()
    expect(speed_page.backend).to_have_text("webgpu")
    return speed_page


def lose_device(digits: DigitPage) -> None:
    """It has answered before: a device that is lost twice without an answer is given up."""
    digits.draw([(0.5, 0.5)])
    digits.expect_answer()
    digits.clear.click()
    digits.expect_no_answer()
    before = digits.page.evaluate("devices.length")
    digits.page.evaluate("devices.at(-1).destroy()")
    digits.wait_until("(before) => devices.length > before", arg=before)
    digits.expect_ready()


def test_the_panel_is_closed_and_opens_by_keyboard(speed):
    expect(speed.times).to_be_hidden()
    speed.clear.focus()
    for _ in speed.page.locator("button:visible").all():
        if speed.speed.evaluate("(button) => button === document.activeElement"):
            break
        speed.page.keyboard.press("Tab")
    expect(speed.speed).to_be_focused()
    speed.page.keyboard.press("Enter")
    expect(speed.times).to_be_visible()
    next_tab = ""
    for control in (next_tab, "panel-speed", "backend-choice", "benchmark"):
        speed.page.keyboard.press("Tab")
        assert speed.page.evaluate("document.activeElement.id") == control
    speed.speed.press("Space")
    expect(speed.times).to_be_hidden()


def test_the_panel_tells_what_the_predictions_took(speed):
    speed.show_speed()
    before = len(speed.measures("predict:total"))
    speed.draw_digit(3, "mouse")
    speed.expect_digit(3)
    for stage in ("image", "inference", "view", "total"):
        took_ms = speed.measures(f"predict:{stage}")[-1]
        expect(speed.times_of(stage).nth(LAST)).to_have_text(f"{took_ms:.2f}")
    assert len(speed.measures("predict:total")) > before + 1
    expect(speed.times_caption).to_have_text(
        re.compile(r"^Multilayer perceptron on webgpu, last [1-9]\d* predictions, in ms$")
    )
    inference = speed.times_of("inference")
    median, percentile_95 = (
        float(inference.nth(column).inner_text()) for column in (MEDIAN, PERCENTILE_95)
    )
    assert 0 < median <= percentile_95


def test_the_first_prediction_of_a_network_is_told_apart(speed):
    lose_device(speed)
    before = len(speed.measures("predict:inference"))
    speed.show_speed()
    speed.draw([(0.5, 0.5)])
    speed.expect_answer()
    first = f"{speed.measures('predict:inference')[before]:.2f}"
    expect(speed.times_of("inference").nth(FIRST)).to_have_text(first)
    speed.draw_digit(3)
    speed.expect_answer()
    expect(speed.times_of("inference").nth(LAST)).to_have_text(NUMBER)
    expect(speed.times_of("inference").nth(FIRST)).to_have_text(first)
    speed.probabilities()  # returns once no answer is on its way any more
    before = len(speed.measures("predict:inference"))
    speed.choose("cnn")
    speed.expect_ready()
    speed.expect_answer()
    expect(speed.times_caption).to_contain_text("Convolutional network")
    first = f"{speed.measures('predict:inference')[before]:.2f}"
    expect(speed.times_of("inference").nth(FIRST)).to_have_text(first)


def test_the_gpus_clock_is_read_only_while_the_panel_is_open(speed):
    before = speed.page.evaluate("timestamps")
    speed.draw_digit(7)
    speed.expect_digit(7)
    assert speed.page.evaluate("timestamps") == before
    speed.show_speed()
    expect(speed.times_of("gpu").nth(LAST)).to_have_text(NUMBER)
    speed.wait_until("(before) => timestamps > before", arg=before)
    assert 0 < float(speed.times_of("gpu").nth(LAST).inner_text()) < 1000


@pytest.fixture
def clockless(speed: DigitPage) -> Iterator[DigitPage]:
    """WebGPU on a device that cannot tell its time."""
    speed.page.evaluate("window.noClock = true")
    lose_device(speed)
    yield speed
    speed.page.evaluate("window.noClock = false")
    speed.choose("mlp")
    speed.expect_ready()
    lose_device(speed)


def expect_all_times_but_the_gpus(speed: DigitPage, backend: str) -> None:
    before = speed.page.evaluate("timestamps")
    for digit in (1, 7):  # the first time after a start is told apart
        speed.wipe()
        speed.draw_digit(digit)
        speed.expect_digit(digit)
    expect(speed.times_caption).to_contain_text(f"Convolutional network on {backend}")
    expect(speed.times_of("inference").nth(LAST)).to_have_text(NUMBER)
    assert speed.page.evaluate("timestamps") == before


def test_where_a_gpu_cannot_tell_its_time_the_rest_is_told(clockless):
    clockless.show_speed()
    clockless.choose("cnn")
    clockless.expect_ready()
    expect_all_times_but_the_gpus(clockless, "webgpu")


def test_on_the_processor_no_gpu_tells_its_time(speed):
    speed.choose_backend("wasm")
    expect(speed.backend).to_have_text("wasm")
    speed.choose("cnn")
    speed.expect_ready()
    expect_all_times_but_the_gpus(speed, "wasm")
    expect(speed.times_of("gpu").nth(LAST)).to_have_text(NONE)


def distribution(digits: DigitPage) -> list[int]:
    return digits.page.evaluate(
        "Array.from(Chart.getChart('benchmark-chart').data.datasets[0].data)"
    )


def test_the_benchmark_times_500_inferences_and_shows_their_distribution(speed):
    speed.choose_backend("wasm")
    expect(speed.backend).to_have_text("wasm")
    speed.expect_ready()
    speed.draw_digit(7)
    speed.expect_digit(7)
    progress = speed.page.evaluate_handle("""() => {
      const bar = document.getElementById("benchmark-progress"), seen = [];
      new MutationObserver(() => seen.push(bar.value)).observe(bar, { attributes: true });
      return seen;
    }""")
    speed.benchmark.click()
    times = r"500 inferences: median \d+\.\d\d ms, 95 % within \d+\.\d\d ms"
    expect(speed.benchmark_result).to_have_text(
        re.compile(f"^Multilayer perceptron on wasm: {times}$"), timeout=30_000
    )
    assert sum(distribution(speed)) == 500
    expect(speed.benchmark_chart).to_be_visible()
    bar, accent = speed.page.evaluate(BAR_COLOURS)
    assert bar == accent
    expect(speed.benchmark_chart).to_have_accessible_name(
        re.compile("^Distribution of the times: 500 inferences: median")
    )
    seen = progress.json_value()
    assert len(set(seen)) > 10 and seen == sorted(seen) and max(seen) <= 500
    expect(speed.page.locator("#benchmark-progress")).to_be_hidden()
    speed.expect_digit(7)
    expect(speed.benchmark).to_have_text("Time 500 inferences")


def test_the_benchmark_can_be_stopped_and_the_page_goes_on_meanwhile(speed):
    speed.show_speed()
    speed.benchmark.click()
    expect(speed.page.locator("#benchmark-progress")).to_be_visible()
    speed.draw_digit(7)
    speed.expect_digit(7)
    expect(speed.benchmark).to_have_text("Stop")
    speed.wait_until("document.getElementById('benchmark-progress').value >= 20")
    speed.benchmark.click()
    expect(speed.benchmark).to_have_text("Time 500 inferences")
    expect(speed.benchmark_result).to_have_text(re.compile(r": \d+ inferences: median"))
    assert 20 <= sum(distribution(speed)) < 500


def test_a_network_lost_during_the_benchmark_is_told_there_and_replaced(speed):
    speed.draw_digit(7)
    speed.expect_digit(7)
    speed.show_speed()
    speed.page.evaluate("window.submitsToLoss = 20")
    speed.benchmark.click()
    expect(speed.benchmark_result).to_contain_text("lost")
    expect(speed.benchmark).to_have_text("Time 500 inferences")
    speed.expect_ready()
    speed.expect_digit(7)
