"""What a page complains about: every console error and uncaught exception fails its test, unless
the test expects it."""

import re

from playwright.sync_api import ConsoleMessage, Page

# A browser says so where the start takes long, as on a busy machine.
SLOW_START = "was preloaded using link preload but not used within a few seconds"


class PageErrors:
    """Records complaints from the moment it is made; `check` is for the end of a test."""

    def __init__(self, page: Page):
        self._found: list[str] = []
        self._expected: list[re.Pattern] = []
        self._allowed: list[re.Pattern] = []
        page.on("pageerror", lambda error: self._found.append(f"uncaught: {error}"))
        page.on("console", self._note)
        page.on("crash", lambda _page: self._found.append("the page crashed"))

    def expect(self, pattern: str) -> None:
        """The test provokes a complaint that matches; it fails also when none comes."""
        self._expected.append(re.compile(pattern))

    def allow(self, pattern: str) -> None:
        """The test may provoke complaints that match."""
        self._allowed.append(re.compile(pattern))

    def check(self) -> None:
        found, expected, allowed = self._found[:], self._expected[:], self._allowed[:]
        for record in (self._found, self._expected, self._allowed):
            record.clear()
        unexpected = [
            text
            for text in found
            if not any(pattern.search(text) for pattern in expected + allowed)
        ]
        assert not unexpected, unexpected
        missing = [
            pattern.pattern
            for pattern in expected
            if not any(pattern.search(text) for text in found)
        ]
        assert not missing, f"expected complaints that never came: {missing}"

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and SLOW_START not in message.text:
            self._found.append(f"{message.type}: {message.text} ({message.location['url']})")
