"""A first visit is greeted with an example, which is in nobody's way."""

import pytest


@pytest.fixture(scope="module")
def page(tabs, site_url):
    with tabs.opened(f"{site_url}about.html", is_first_visit=True) as digits:
        yield digits


@pytest.fixture
def first_visit(page, site_url):
    page.page.evaluate("localStorage.clear()")
    yield page.open(f"{site_url}?backend=wasm").expect_ready()
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
