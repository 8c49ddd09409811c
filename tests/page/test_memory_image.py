"""The memory image that Python starts from: whatever is wrong with it, the page starts without it
and says nothing of it."""

import re
from collections.abc import Callable

import pytest

from export.publish.memory_image import build_image, image_file
from export.publish.site_files import ROOT, Source, published_files
from tests.support.digit_page import DigitPage
from tests.support.serving import handler_of, served

RAN_FROM_IMAGE = "performance.getEntriesByName('start:main').length"  # main.py, compiled ahead
DRAW_AT_RANDOM = b"""
import random
from pyscript import window
window.drawn = random.random()
"""


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


FAULTS: tuple[Callable[[bytes], bytes | None], ...] = (
    missing,
    cut_in_its_code,
    cut_in_its_memory,
    without_its_facts,
    of_sources_edited_since,
    of_another_pyodide,
    of_a_browser_that_orders_functions_differently,
)


def files_with(fault: Callable[[bytes], bytes | None]) -> dict[str, Source]:
    """The published layout, with something wrong with the image."""
    build_image(ROOT)
    url = f"start/{image_file(ROOT).name}"
    image = fault(image_file(ROOT).read_bytes())
    files = {name: source for name, source in published_files().items() if name != url}
    return files if image is None else {**files, url: image}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_without_a_good_image_the_page_starts_the_long_way_and_says_nothing(browser, fault):
    with served(handler_of(files_with(fault))) as url:
        page = browser.new_page()
        digits = DigitPage(page)
        digits.errors.allow(r"404 .*start/python-")  # which the browser says, not the page
        digits.open(f"{url}?model=cnn").expect_ready()
        assert page.evaluate(RAN_FROM_IMAGE) == 0
        assert not digits.retry.is_visible()
        digits.draw_digit(7)
        digits.expect_digit(7)
        digits.errors.check()
        page.close()


def test_random_numbers_differ_from_visit_to_visit(open_page):
    """In the image the generator is in the same state for everyone."""

    def draw(page):
        def extended(route):
            response = route.fetch()
            route.fulfill(response=response, body=response.body() + DRAW_AT_RANDOM)

        page.route("**/py_frontend/main.py", extended)

    drawn = set()
    for _ in range(2):
        digits = open_page(prepare=draw).expect_ready()
        digits.wait_until("window.drawn !== undefined")
        drawn.add(digits.page.evaluate("drawn"))
    assert len(drawn) == 2


def test_with_the_image_main_py_runs_as_it_was_compiled_ahead(open_page):
    digits = open_page().expect_ready()
    assert digits.page.evaluate(RAN_FROM_IMAGE) == 1
