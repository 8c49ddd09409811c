"""Fixtures for tests in Chromium: the browser, the served page, and pages opened for one test or
shared by many."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Literal

import pytest
from playwright.sync_api import Browser, sync_playwright

from export.publish.memory_image import build_image
from export.publish.site_files import ROOT, published_files
from export.publish.styles import compile_sheet
from export.setup.tools import chromium

from .chromium import TEST_FLAGS
from .digit_page import PHONE, DigitPage
from .faulty_host import FaultyHost
from .light_site import light_site
from .page_scripts import COUNT_RUNS, NO_CLIPBOARD, scripts
from .serving import handler_of, served
from .tabs import Prepare, Tabs

Scope = Literal["session", "package", "module", "class", "function"]
Open = Callable[..., DigitPage]


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


@pytest.fixture(scope="session")
def light_url(site_url: str) -> Iterator[str]:
    """The same page, with a network that costs less in the place of the CNN."""
    with served(handler_of(light_site())) as url:
        yield url


@pytest.fixture(scope="module")
def host(site_url: str) -> Iterator[FaultyHost]:
    """The same page on a host that tests give faults."""
    with FaultyHost().opened() as host:
        yield host


@contextmanager
def opened(
    browser: Browser, url: str, prepare: Prepare | None = None, **options
) -> Iterator[DigitPage]:
    """A page in a new context, which the options are those of: `prepare` is called with it before
    it loads."""
    context = browser.new_context(**options)
    digits = DigitPage(context.new_page())
    try:
        with prepare(digits.page) if prepare else nullcontext():
            yield digits.open(url)
    finally:
        context.close()
    digits.errors.check()


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    """For pages that need no context of their own."""
    return Tabs(browser)


@contextmanager
def opening(site_url: str, tabs: Tabs) -> Iterator[Open]:
    """Opens fresh pages of a site, until the block ends; see `open_page`."""
    with ExitStack() as pages:
        yield lambda query="", prepare=None: pages.enter_context(
            tabs.opened(site_url + query, prepare)
        )


@pytest.fixture
def open_page(site_url: str, tabs: Tabs) -> Iterator[Open]:
    """Opens fresh pages, of which nothing is kept; the query goes to the address."""
    with opening(site_url, tabs) as open_one:
        yield open_one


@pytest.fixture
def open_light(light_url: str, tabs: Tabs) -> Iterator[Open]:
    """The same, of the page with two light networks."""
    with opening(light_url, tabs) as open_one:
        yield open_one


def shared_page(
    query: str = "",
    prepare: Prepare | None = None,
    scope: Scope = "module",
    site: str = "site_url",
    **options,
):
    """A fixture: one page for all tests that can share it, because Python takes seconds to start.

    Each test gets it ready and empty. `site` is the fixture with its address; options are those of
    a context of its own.
    """

    @pytest.fixture(scope=scope)
    def page(browser: Browser, tabs: Tabs, request: pytest.FixtureRequest) -> Iterator[DigitPage]:
        url = request.getfixturevalue(site) + query
        page = opened(browser, url, prepare, **options) if options else tabs.opened(url, prepare)
        with page as digits:
            yield digits.expect_ready()

    return page


# Their backend is given, so that it stays the same. On WASM answers cost less.
wasm_page = shared_page("?backend=wasm", scripts(COUNT_RUNS), scope="session")
phone_page = shared_page("?backend=wasm", scripts(NO_CLIPBOARD), scope="session", **PHONE)


@pytest.fixture
def digits(wasm_page: DigitPage) -> Iterator[DigitPage]:
    """The page that most tests share, ready and empty."""
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
