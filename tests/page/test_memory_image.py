"""The memory image that Python starts from: whatever is wrong with it, the page starts without it
and says nothing of it."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import expect

from export.publish.memory_image import image_file
from export.publish.site_files import ROOT
from tests.support.digit_page import DigitPage
from tests.support.faulty_host import IMAGE, FaultyHost, Request
from tests.support.faulty_host import missing as no_file

RAN_FROM_IMAGE = "performance.getEntriesByName('start:main').length"  # main.py, compiled ahead
WASM = "?backend=wasm"  # which starts sooner
DRAWS = b"""
import random
from pyscript import window
window.drawn = random.random()
"""
NOT_FOUND = "404 .*start/(python|stdlib)-"  # which the browser says, not the page
WITHOUT_IMAGE = "Python starts without its memory image: "  # and why not, for developers


def missing(image: bytes) -> None:
    return None


def cut_in_its_code(image: bytes) -> bytes:
    return image[: len(image) // 4]


def cut_in_its_memory(image: bytes) -> bytes:
    return image[: len(image) * 3 // 4]


def without_its_facts(image: bytes) -> bytes:
    return image.replace(b"python-image", b"python-other")


def of_sources_edited_since(image: bytes) -> bytes:
    return _with_fact(image, rb'"digest":"[0-9a-f]{4}', b'"digest":"....')


def of_another_pyodide(image: bytes) -> bytes:
    return _with_fact(image, rb'"buildId":"[0-9a-f]{4}', b'"buildId":"....')


def of_a_browser_that_orders_functions_differently(image: bytes) -> bytes:
    return _with_fact(image, rb'"tableLength":\d', b'"tableLength":9')


def _with_fact(image: bytes, pattern: bytes, replacement: bytes) -> bytes:
    changed, count = re.subn(pattern, replacement, image)
    assert count == 1 and changed != image and len(changed) == len(image)
    return changed


# By where the fault is found: before Pyodide begins, when it does, or once it has instantiated.
FOUND_BEFORE = (
    missing,
    cut_in_its_code,
    cut_in_its_memory,
    without_its_facts,
    of_sources_edited_since,
)
Fault = Callable[[bytes], bytes | None]


@pytest.fixture(scope="module")
def page(tabs) -> Iterator[DigitPage]:
    """For all starts: what they have in common is compiled once."""
    with tabs.opened() as digits:
        yield digits


def with_fault(host: FaultyHost, fault: Fault) -> AbstractContextManager[None]:
    """In the body of the `with` something is wrong with the image."""
    image = fault(image_file(ROOT).read_bytes())

    def answer(request: Request) -> None:
        if image is None:
            no_file(request)
        else:
            request.answer(image, "application/wasm")

    return host.faulty(IMAGE, answer)


def test_without_a_good_image_the_page_starts_the_long_way_and_says_nothing(page, host):
    """Its fault is the one that is found last."""
    page.errors.allow(NOT_FOUND)
    with with_fault(host, of_a_browser_that_orders_functions_differently):
        page.open(f"{host.url}?model=cnn&backend=wasm").expect_ready()
        assert page.page.evaluate(RAN_FROM_IMAGE) == 0
        assert not page.retry.is_visible()
        page.draw_digit(7)
        page.expect_digit(7)
        page.open("about:blank")
    page.errors.check()


@pytest.mark.parametrize(
    "fault", [*FOUND_BEFORE, of_another_pyodide], ids=lambda fault: fault.__name__
)
def test_an_image_that_is_not_good_is_not_begun_with(page, host, fault):
    """The long way is the same for them all, so that it need not be gone here: its first file is
    missing, too. tests/export/test_bundle.py goes it where the image is missing."""
    told: list[str] = []

    def listen(message):
        told.append(message.text)

    page.errors.allow(NOT_FOUND)
    page.page.on("console", listen)
    with with_fault(host, fault), host.faulty("start/stdlib-*.zip", no_file):
        page.open(host.url + WASM)
        expect(page.status).to_contain_text(re.compile("start/stdlib-.* is missing"))
        assert [text for text in told if text.startswith(WITHOUT_IMAGE)]
        assert bool(page.mark("start:image")) is (fault not in FOUND_BEFORE)
        page.open("about:blank")
    page.page.remove_listener("console", listen)
    page.errors.check()


def test_random_numbers_differ_from_visit_to_visit(page, host):
    """In the image the generator is in the same state for everyone."""
    drawn = set()
    with host.faulty("py_frontend/main.py", lambda request: request.answer(DRAWS, "text/plain")):
        for _ in range(2):
            page.open("about:blank")
            page.open(host.url + WASM)
            page.wait_until("window.drawn !== undefined")
            assert page.mark("start:image")
            drawn.add(page.page.evaluate("drawn"))
    assert len(drawn) == 2
    page.errors.check()


def test_with_the_image_main_py_runs_as_it_was_compiled_ahead(digits):
    assert digits.page.evaluate(RAN_FROM_IMAGE) == 1
