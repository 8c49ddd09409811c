"""A drawing that the network takes for no digit: said in words, shown in the chart, told to those
who do not see it."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.digit_page import DigitPage

ABSTAINS_FROM_SEVENS = {
    "score": "by_answer",
    "threshold": 0,
    "weights": [[0] * 10 + [-1 if answer == 7 else 1] for answer in range(10)],
}


def with_abstention(abstention: dict | None):
    """Serves the list of models as if each had been exported with this abstention, or with none."""

    def fulfill(route: Route) -> None:
        models = [{**model, "abstention": abstention} for model in json.loads(route.fetch().text())]
        route.fulfill(
            body=json.dumps(
                [
                    {key: value for key, value in model.items() if value is not None}
                    for model in models
                ]
            )
        )

    def prepare(page: Page) -> None:
        page.route("**/models/index.json", fulfill)

    return prepare


@pytest.fixture(scope="module")
def abstaining_page(browser, site_url):
    page = DigitPage(browser.new_context().new_page())
    with_abstention(ABSTAINS_FROM_SEVENS)(page.page)
    yield page.open(site_url).expect_ready()
    page.page.context.close()
    page.errors.check()


@pytest.fixture
def abstaining(abstaining_page):
    abstaining_page.reset()
    return abstaining_page


def test_an_answer_that_abstains_names_the_best_digit_first_and_then_the_doubt(abstaining):
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    assert max(range(10), key=abstaining.probabilities().__getitem__) == 7


def test_the_chart_mutes_the_bar_where_the_network_abstains(abstaining):
    abstaining.draw_digit(3)
    abstaining.expect_sure(3)
    sure = abstaining.bar_colours()
    abstaining.clear.click()
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    guess = abstaining.bar_colours()
    assert len(set(sure)) == len(set(guess)) == 2
    assert sure[0] == guess[0] and sure[3] != guess[7]


def test_the_chart_tells_the_doubt_in_its_text_alternative(abstaining):
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    name = abstaining.chart.get_attribute("aria-label")
    assert name.startswith("Not sure this is a digit. Probabilities: 0: ") and "7: " in name


def test_a_sure_answer_after_one_that_abstained_shows_no_doubt(abstaining):
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    abstaining.clear.click()
    abstaining.expect_no_answer()
    abstaining.draw_digit(3)
    abstaining.expect_sure(3)
    expect(abstaining.prediction).to_have_class("answered")
    assert abstaining.chart.get_attribute("aria-label").startswith("Probabilities: 0: ")


def test_the_words_of_doubt_fit_on_a_phone(abstaining):
    size = abstaining.page.viewport_size
    abstaining.page.set_viewport_size({"width": 360, "height": 640})
    abstaining.draw_digit(7)
    abstaining.expect_abstention(7)
    fits = abstaining.prediction.evaluate(
        "(it) => it.scrollHeight <= it.clientHeight && it.scrollWidth <= it.clientWidth"
    )
    abstaining.page.set_viewport_size(size)
    assert fits


def test_a_model_without_an_abstention_never_doubts(open_page):
    digits = open_page(prepare=with_abstention(None)).expect_ready()
    for points in (
        [(0.5, 0.5)],
        [(0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9), (0.5, 0.1), (0.5, 0.9)],
    ):
        digits.clear.click()
        digits.draw(points)
        expect(digits.prediction).to_have_class("answered")


SCRIBBLE = [(0.1 + 0.8 * (i % 2), 0.1 + 0.8 * i / 11) for i in range(12)]
SCRAWL = [(0.1 + 0.8 * (7 * i % 13) / 12, 0.1 + 0.8 * (5 * i % 11) / 10) for i in range(14)]


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_the_shipped_models_abstain_from_a_scribble_and_not_from_a_digit(digits, model):
    digits.choose(model)
    digits.expect_ready()
    digits.draw(SCRAWL)
    digits.draw(SCRIBBLE)
    expect(digits.prediction).to_have_text(re.compile(r"^\d\? Not sure this is a digit$"))
    digits.clear.click()
    digits.draw_digit(3)
    digits.expect_sure(3)
