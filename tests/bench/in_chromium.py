"""The benchmark in Chromium, which a person's browser resembles."""
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from playwright.sync_api import sync_playwright

from export.serve import Handler, Server
from export.setup.tools import find_chromium

from ..chromium import CHROMIUM_FLAGS
from .files import bench_files

RUN = "async ({ models, runs }) => (await import('./page.mjs')).run(models, runs)"


class IsolatedHandler(Handler):
    """For a page that may use threads, which browsers grant only to isolated ones."""

    def end_headers(self):
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()


def race(case: Path, models: list[str], runs: int) -> dict:
    with served(bench_files(case)) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        page = chromium.new_page()
        page.goto(url + "tests/bench/page.html")
        found = page.evaluate(RUN, {"models": models, "runs": runs})
        chromium.close()
    return found


@contextmanager
def served(files: dict[str, Path]) -> Iterator[str]:
    """The address of a server that has `files` by their URL paths."""
    handler = type("CaseHandler", (IsolatedHandler,), {"files": staticmethod(lambda: files)})
    with Server(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
