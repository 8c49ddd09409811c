"""Fixtures for tests in Chromium: the browser, the served page, and pages opened for one test or
shared by many."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from export.publish.memory_image import build_image
from export.publish.site_files import ROOT, published_files
from export.publish.styles import compile_sheet
from export.setup.tools import chromium

from .chromium import TEST_FLAGS
from .digit_page import PHONE, DigitPage
from .page_scripts import COUNT_RUNS, NO_CLIPBOARD, scripts
from .serving import handler_of, served

Scope = Literal["session", "package", "module", "class", "function"]
Prepare = Callable[[Page], None]


@pytest.fixture(scope="session")
def browser() -> Browser:
    """One Chromium for the whole run; each test opens its own page or context."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=TEST_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site_url() -> Iterator[str]:
    """The address of the page, served by the dev server; it starts from its memory image."""
    compile_sheet(ROOT)
    build_image(ROOT)
    with served(handler_of(published_files())) as url:
        yield url


@contextmanager
def opened(
    browser: Browser, url: str, prepare: Prepare | None = None, **options
) -> Iterator[DigitPage]:
    """A fresh page: `prepare` is called with it before it loads, options go to its context."""
    digits = DigitPage(browser.new_context(**options).new_page())
    if prepare:
        prepare(digits.page)
    try:
        yield digits.open(url)
    finally:
        digits.page.context.close()
    digits.errors.check()


@pytest.fixture(scope="session")
def opener(browser: Browser, site_url: str) -> Page:
    """Pages that it opens have its process, where Python is compiled already."""
    page = browser.new_context().new_page()
    page.goto(site_url + "about.html")
    return page


@pytest.fixture
def open_page(browser: Browser, site_url: str, opener: Page) -> Iterator[Callable[..., DigitPage]]:
    """Opens fresh pages, of which nothing is kept; the query goes to the address. Options are those
    of a context of its own."""

    @contextmanager
    def visited(url: str, prepare: Prepare | None) -> Iterator[DigitPage]:
        with opener.context.expect_page() as new:
            opener.evaluate("window.open('about:blank'); null")
        digits = DigitPage(new.value)
        if prepare:
            prepare(digits.page)
        try:
            yield digits.open(url)
        finally:
            digits.page.close()
            cdp = opener.context.new_cdp_session(opener)
            cdp.send("Storage.clearDataForOrigin", {"origin": site_url, "storageTypes": "all"})
            cdp.detach()
        digits.errors.check()

    with ExitStack() as pages:

        def open_one(query: str = "", prepare: Prepare | None = None, **options) -> DigitPage:
            url = site_url + query
            page = opened(browser, url, prepare, **options) if options else visited(url, prepare)
            return pages.enter_context(page)

        yield open_one


def shared_page(
    query: str = "", prepare: Prepare | None = None, scope: Scope = "module", **options
):
    """A fixture: one page for all tests that can share it, because Python takes seconds to start.

    Each test gets it ready and empty.
    """

    @pytest.fixture(scope=scope)
    def page(browser: Browser, site_url: str) -> Iterator[DigitPage]:
        with opened(browser, site_url + query, prepare, **options) as digits:
            yield digits.expect_ready()

    return page


# Their backend is given, so that it stays the same. On WASM answers cost less.
loaded_page = shared_page("?backend=webgpu", scope="session")
wasm_page = shared_page("?backend=wasm", scripts(COUNT_RUNS), scope="session")
phone_page = shared_page("?backend=wasm", scripts(NO_CLIPBOARD), scope="session", **PHONE)


@pytest.fixture
def digits(loaded_page: DigitPage) -> Iterator[DigitPage]:
    """The page that most tests share, ready and empty."""
    loaded_page.reset()
    yield loaded_page
    loaded_page.errors.check()


@pytest.fixture
def on_wasm(wasm_page: DigitPage) -> Iterator[DigitPage]:
    """The same on WASM, for tests to which the backend is all the same."""
    wasm_page.reset()
    yield wasm_page
    wasm_page.errors.check()


@pytest.fixture
def phone(phone_page: DigitPage) -> Iterator[DigitPage]:
    """A phone, on WASM, that has no clipboard."""
    phone_page.page.set_viewport_size(PHONE["viewport"])
    phone_page.page.evaluate("scrollTo(0, 0)")
    phone_page.reset()
    yield phone_page
    phone_page.errors.check()
