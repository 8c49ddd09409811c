"""Fixtures for tests in Chromium: the browser, the served page, and pages opened for one test or
shared by many."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from export.publish.memory_image import build_image
from export.publish.site_files import ROOT
from export.setup.tools import chromium

from .chromium import CHROMIUM_FLAGS
from .digit_page import DigitPage
from .serving import served


@pytest.fixture(scope="session")
def browser() -> Browser:
    """One Chromium for the whole run; each test opens its own page or context."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site_url() -> Iterator[str]:
    """The address of the page, served by the dev server; it starts from its memory image."""
    build_image(ROOT)
    with served() as url:
        yield url


@pytest.fixture
def open_page(browser: Browser, site_url: str) -> Iterator[Callable[..., DigitPage]]:
    """Opens fresh pages: `prepare` is called with each before it loads, `query` goes to the
    address, options to the context."""
    opened: list[DigitPage] = []

    def open_page(
        query: str = "", prepare: Callable[[Page], None] | None = None, **options
    ) -> DigitPage:
        digits = DigitPage(browser.new_context(**options).new_page())
        opened.append(digits)
        if prepare:
            prepare(digits.page)
        return digits.open(site_url + query)

    yield open_page
    for digits in opened:
        digits.page.context.close()
    for digits in opened:
        digits.errors.check()


@pytest.fixture(scope="session")
def loaded_page(browser: Browser, site_url: str) -> Iterator[DigitPage]:
    """One page for all tests that can share it: Python takes seconds to start. Its backend is
    given, so that it stays the same."""
    digits = (
        DigitPage(browser.new_context().new_page())
        .open(site_url + "?backend=webgpu")
        .expect_ready()
    )
    yield digits
    digits.page.context.close()


@pytest.fixture
def digits(loaded_page: DigitPage) -> Iterator[DigitPage]:
    """The shared page, ready and empty."""
    loaded_page.reset()
    yield loaded_page
    loaded_page.errors.check()
