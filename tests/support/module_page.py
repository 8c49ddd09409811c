"""An empty page of a secure origin that can import the modules in site/js and fetch files that a
test makes up."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

SITE = Path(__file__).parents[2] / "site"
ORIGIN = "http://localhost:1"  # browsers take localhost for secure; nothing is ever sent there
EMPTY_PAGE = "<!doctype html><title>modules</title>"
MEDIA_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}


@contextmanager
def module_page(browser: Browser, files: Mapping[str, bytes] = {}) -> Iterator[Page]:
    """`files` are served by their names at /test/; a test can change them while the page is
    open."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path == "/":
            route.fulfill(body=EMPTY_PAGE, content_type="text/html")
        elif path.startswith("/test/"):
            respond(route, path, files[path.removeprefix("/test/")])
        else:
            respond(route, path, (SITE / path[1:]).read_bytes())

    context = browser.new_context()
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/*", serve)
    page.goto(ORIGIN + "/")
    try:
        yield page
    finally:
        context.close()
    assert not errors, errors


def respond(route: Route, path: str, content: bytes) -> None:
    route.fulfill(
        body=content, content_type=MEDIA_TYPES.get(Path(path).suffix, "application/octet-stream")
    )


def encoded(files: list[bytes]) -> list[str]:
    """Bytes as they are passed to page.evaluate; decodeBytes() in JavaScript is the other way
    round."""
    return [base64.b64encode(content).decode() for content in files]


DECODE_BYTES = """const decodeBytes =
  (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));"""
ENCODE_BYTES = """const encodeBytes = (bytes) => {
    const characters = [];
    for (let i = 0; i < bytes.length; i += 8192) {
      characters.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
    }
    return btoa(characters.join(""));
  };"""
