"""A drawing that the network takes for no digit: said in words, shown in the chart, told to those
who do not see it."""

import json
import re

import pytest
from playwright.sync_api import expect

from export.publish.site_files import published_files, read
from tests.support.browser import shared_page
from tests.support.light_site import INDEX
from tests.support.serving import handler_of, served

ABSTAINS_FROM_SEVENS = {
    "score": "by_answer",
    "threshold": 0,
    "weights": [[0] * 10 + [-1 if answer == 7 else 1] for answer in range(10)],
}
SCRIBBLE = [(0.1 + 0.8 * (i % 2), 0.1 + 0.8 * i / 11) for i in range(12)]
SCRAWL = [(0.1 + 0.8 * (7 * i % 13) / 12, 0.1 + 0.8 * (5 * i % 11) / 10) for i in range(14)]


@pytest.fixture(scope="module")
def abstaining_url(site_url):
    """The page as if the MLP had been exported with an abstention from sevens, and the CNN with
    none."""
    files = published_files()
    mlp, cnn = json.loads(read(files[INDEX]))
    mlp["abstention"] = ABSTAINS_FROM_SEVENS
    del cnn["abstention"]
    with served(handler_of(files | {INDEX: json.dumps([mlp, cnn]).encode()})) as url:
        yield url


abstaining_page = shared_page("?backend=wasm", site="abstaining_url")


@pytest.fixture
def abstaining(abstaining_page):
    abstaining_page.reset()
    return abstaining_page


def test_an_answer_that_abstains_names_the_best_digit_first_and_then_says_so(abstaining):
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    assert max(range(10), key=abstaining.probabilities().__getitem__) == 7


def test_the_chart_mutes_the_bar_where_the_network_abstains(abstaining):
    abstaining.draw_digit(3)
    abstaining.expect_sure(3)
    answered = abstaining.bar_colours()
    abstaining.clear.click()
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    abstained = abstaining.bar_colours()
    assert len(set(answered)) == len(set(abstained)) == 2
    assert answered[0] == abstained[0] and answered[3] != abstained[7]


def test_the_chart_says_in_its_text_alternative_that_the_network_abstains(abstaining):
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    name = abstaining.chart.get_attribute("aria-label")
    assert name.startswith("Not sure this is a digit. Probabilities: 0: ") and "7: " in name


def test_nothing_is_left_of_an_abstention_after_the_next_answer(abstaining):
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    abstaining.clear.click()
    abstaining.expect_no_answer()
    abstaining.draw_digit(3)
    abstaining.expect_sure(3)
    expect(abstaining.prediction).to_have_class("answered")
    assert abstaining.chart.get_attribute("aria-label").startswith("Probabilities: 0: ")


def test_the_words_of_an_abstention_fit_on_a_phone(abstaining):
    size = abstaining.page.viewport_size
    abstaining.page.set_viewport_size({"width": 360, "height": 640})
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    fits = abstaining.prediction.evaluate(
        "(it) => it.scrollHeight <= it.clientHeight && it.scrollWidth <= it.clientWidth"
    )
    abstaining.page.set_viewport_size(size)
    assert fits


def test_a_model_without_an_abstention_always_answers(abstaining):
    abstaining.choose("cnn")
    abstaining.expect_ready()
    for points in ([(0.5, 0.5)], SCRIBBLE):
        abstaining.wipe()
        abstaining.draw(points)
        expect(abstaining.prediction).to_have_class("answered")


def test_the_shipped_models_abstain_from_a_scribble_and_not_from_a_digit(open_page):
    digits = open_page("?backend=webgpu").expect_ready()
    digits.draw(SCRAWL)
    digits.draw(SCRIBBLE)
    for model in ("mlp", "cnn"):
        digits.choose(model)
        digits.expect_ready()
        expect(digits.prediction).to_have_text(re.compile(r"^\d\? Not sure this is a digit$"))
    digits.clear.click()
    digits.draw_digit(3)
    for model in ("cnn", "mlp"):
        digits.choose(model)
        digits.expect_ready()
        digits.expect_sure(3)
