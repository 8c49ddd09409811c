"""Tabs in which pages are opened one after the other: where one was open before, the next takes
half the processor time to start, as what they have in common is compiled already."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from .digit_page import GREETED, DigitPage

# Changes a page before it loads; what it gives takes the change back.
Prepare = Callable[[Page], AbstractContextManager]


class Tab(DigitPage):
    """A page in a context of its own, which is left as it was found."""

    def __init__(self, page: Page):
        super().__init__(page, is_first_visit=True)
        self._size = page.viewport_size
        self._origins: set[str] = set()

    def open(self, url: str) -> Self:
        parts = urlsplit(url)
        if parts.netloc:
            self._origins.add(f"{parts.scheme}://{parts.netloc}")
        return super().open(url)

    def leave(self) -> None:
        """Goes to an empty page; nothing is kept of those before."""
        page = self.page
        page.unroute_all()
        page.evaluate("() => { try { sessionStorage.clear(); } catch { /* there is none */ } }")
        page.goto("about:blank")
        for origin in self._origins:
            clear = {"origin": origin, "storageTypes": "all"}
            self.cdp.send("Storage.clearDataForOrigin", clear)
        self._origins.clear()
        page.set_viewport_size(self._size)
        page.emulate_media(color_scheme="null", forced_colors="null", reduced_motion="null")


class Tabs:
    """Gives every page a tab that is free; a tab in which something failed is not used again."""

    def __init__(self, browser: Browser):
        self._browser = browser
        self._free: list[Tab] = []

    @contextmanager
    def opened(
        self,
        url: str = "about:blank",
        prepare: Prepare | None = None,
        is_first_visit: bool = False,
    ) -> Iterator[Tab]:
        """A fresh page, until the block ends; `prepare` is called with it before it loads."""
        tab = self._free.pop() if self._free else Tab(self._browser.new_context().new_page())
        try:
            with ExitStack() as changes:
                if not is_first_visit:
                    changes.enter_context(tab.page.add_init_script(GREETED))
                if prepare:
                    changes.enter_context(prepare(tab.page))
                tab.open(url)
                yield tab
            tab.leave()
        except BaseException:
            tab.page.context.close()
            raise
        self._free.append(tab)
        tab.errors.check()
