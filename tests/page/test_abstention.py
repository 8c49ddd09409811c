"""A drawing that the network takes for no digit: said in words, shown in the chart, told to those
who do not see it."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.digit_page import DigitPage

SEVENS_ARE_DOUBTED = {
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
def doubting_page(browser, site_url):
    page = DigitPage(browser.new_context().new_page())
    with_abstention(SEVENS_ARE_DOUBTED)(page.page)
    yield page.open(site_url).expect_ready()
    page.page.context.close()
    page.errors.check()


@pytest.fixture
def doubting(doubting_page):
    doubting_page.reset()
    return doubting_page


def test_a_doubtful_answer_names_the_best_guess_first_and_then_the_doubt(doubting):
    doubting.draw_digit(7)
    doubting.expect_abstention(7)
    assert max(range(10), key=doubting.probabilities().__getitem__) == 7


def test_the_chart_mutes_the_bar_of_a_mere_guess(doubting):
    doubting.draw_digit(3)
    doubting.expect_sure(3)
    sure = doubting.bar_colours()
    doubting.clear.click()
    doubting.draw_digit(7)
    doubting.expect_abstention(7)
    guess = doubting.bar_colours()
    assert len(set(sure)) == len(set(guess)) == 2
    assert sure[0] == guess[0] and sure[3] != guess[7]


def test_the_chart_tells_the_doubt_in_its_text_alternative(doubting):
    doubting.draw_digit(7)
    doubting.expect_abstention(7)
    name = doubting.chart.get_attribute("aria-label")
    assert name.startswith("Not sure this is a digit. Probabilities: 0: ") and "7: " in name


def test_a_sure_answer_after_a_doubtful_one_shows_no_doubt(doubting):
    doubting.draw_digit(7)
    doubting.expect_abstention(7)
    doubting.clear.click()
    doubting.expect_no_answer()
    doubting.draw_digit(3)
    doubting.expect_sure(3)
    expect(doubting.prediction).to_have_class("answered")
    assert doubting.chart.get_attribute("aria-label").startswith("Probabilities: 0: ")


def test_the_words_of_doubt_fit_on_a_phone(doubting):
    size = doubting.page.viewport_size
    doubting.page.set_viewport_size({"width": 360, "height": 640})
    doubting.draw_digit(7)
    doubting.expect_abstention(7)
    fits = doubting.prediction.evaluate(
        "(it) => it.scrollHeight <= it.clientHeight && it.scrollWidth <= it.clientWidth"
    )
    doubting.page.set_viewport_size(size)
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
