"""The benchmark in Chromium, which a person's browser resembles."""

from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from export.publish.serve import Handler
from export.setup.tools import chromium
from tests.support.chromium import CHROMIUM_FLAGS
from tests.support.serving import served

RUN = "async (options) => (await import('./page.mjs')).run(options)"


class IsolatedHandler(Handler):
    """For a page that may use threads, which browsers grant only to isolated ones."""

    def end_headers(self):
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()


def race(files: dict[str, Path], models: list[str], runs: int) -> dict:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        found = race_in(browser, files, models, runs)
        browser.close()
    return found


def race_in(
    browser: Browser, files: dict[str, Path], models: list[str], runs: int, only: str = ""
) -> dict:
    """The race of the contestants whose names match `only`."""
    handler = type("CaseHandler", (IsolatedHandler,), {"files": staticmethod(lambda: files)})
    with served(handler) as url:
        context = browser.new_context()
        page = context.new_page()
        page.goto(url + "tests/bench/page.html")
        found = page.evaluate(RUN, {"names": models, "runs": runs, "only": only})
        context.close()
    return found
