"""Fixtures that several test modules share."""
import os
from collections.abc import Callable, Iterator

# tinygrad reads this when it is first imported; the same device everywhere gives the same numbers everywhere.
os.environ.setdefault("DEV", "CPU")
# Kernels of tests are few and small: to start compiler processes costs more than they save.
os.environ.setdefault("PARALLEL", "0")

import pytest
from chromium import CHROMIUM_FLAGS
from closing_lines import pytest_terminal_summary
from digit_page import DigitPage
from playwright.sync_api import Browser, Page, sync_playwright
from serving import served

from export.setup.tools import find_chromium
from training.data import DataError, Mnist, load_mnist

__all__ = ["pytest_terminal_summary"]


@pytest.fixture(scope="session")
def browser() -> Browser:
    """One Chromium for the whole run; each test opens its own page or context."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site_url() -> Iterator[str]:
    """The address of the page, served by the dev server."""
    with served() as url:
        yield url


@pytest.fixture
def open_page(browser: Browser, site_url: str) -> Iterator[Callable[..., DigitPage]]:
    """Opens fresh pages: `prepare` is called with each before it loads, `query` goes to the address, options to the context."""
    opened: list[DigitPage] = []

    def open_page(query: str = "", prepare: Callable[[Page], None] | None = None, **options) -> DigitPage:
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
    """One page for all tests that can share it: Python takes seconds to start. Its backend is given, so that it stays the same."""
    digits = DigitPage(browser.new_context().new_page()).open(site_url + "?backend=webgpu").expect_ready()
    yield digits
    digits.page.context.close()


@pytest.fixture
def digits(loaded_page: DigitPage) -> Iterator[DigitPage]:
    """The shared page, ready and empty."""
    loaded_page.reset()
    yield loaded_page
    loaded_page.errors.check()


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    """All of MNIST; skips where it cannot be had, but fails where MNIST_DIR names a folder without it."""
    try:
        return load_mnist()
    except DataError as error:
        if os.environ.get("MNIST_DIR"):
            raise
        pytest.skip(f"MNIST cannot be had: {error}")
