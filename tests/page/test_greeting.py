"""A first visit is greeted with an example, which is in nobody's way."""

import pytest

from tests.support.digit_page import DigitPage


@pytest.fixture
def first_visit(browser, site_url):
    page = DigitPage(browser.new_context().new_page(), is_first_visit=True)
    page.open(f"{site_url}?backend=wasm").expect_ready()
    yield page
    page.page.context.close()
    page.errors.check()


def test_an_example_is_drawn_once_and_the_first_stroke_takes_its_place(first_visit):
    first_visit.expect_digit(3)
    first_visit.draw_digit(1)
    first_visit.expect_digit(1)
    first_visit.page.reload()
    first_visit.expect_ready()
    first_visit.page.wait_for_timeout(1500)
    first_visit.expect_no_answer()


def test_who_draws_at_once_is_not_greeted(first_visit):
    first_visit.draw_digit(1)
    first_visit.page.wait_for_timeout(1500)
    first_visit.expect_digit(1)
