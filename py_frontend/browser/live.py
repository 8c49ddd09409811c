"""The running page and its sources, which can be changed while it runs.

This module belongs to no version of the page: it is the one that exchanges them.
"""

import linecache
import sys
from collections.abc import Mapping
from pathlib import Path

from pyscript import document, js_import, window

from core.exchange import Exchange, Version
from core.faults import Fault
from core.modules import MAIN, Modules, Sources

FOLDER = Path("/home/pyodide")  # where site/js/ writes the page's modules
PACKAGES = ("core", "browser")
KEPT = (
    "browser.live",
    "core.exchange",
    "core.faults",
    "core.lifetime",
    "core.modules",
)


class Live:
    """The version of the page that runs; its sources are read when they are first asked for."""

    def __init__(self) -> None:
        self._version: Version | None = None
        self._exchange: Exchange | None = None

    def started(self, version: Version) -> None:
        """Called by main.py at its end."""
        self._version = version
        if self._exchange:
            self._exchange.started(version)

    async def change(self, changes: Mapping[str, str | None]) -> Fault | None:
        """Runs the page with other sources; where they have a fault the version before goes on."""
        exchange = await self._begun()
        quote(exchange.sources.changed(changes))
        fault = await exchange.change(changes)
        quote(exchange.sources)
        return fault

    async def _begun(self) -> Exchange:
        if self._exchange is None:
            [before] = await js_import(window.URL.new("./js/before-python.js", document.baseURI).href)
            modules, sources = Modules(PACKAGES, KEPT), Sources(read_sources())
            self._exchange = Exchange(modules, sources, before.handOver, _lifetime)
            if self._version:
                self._exchange.started(self._version)
        return self._exchange


def read_sources() -> dict[str, str]:
    """The texts of the page's modules by path, as Python was started with them."""
    folders = [FOLDER / package for package in PACKAGES]
    files = [FOLDER / MAIN, *(path for folder in folders for path in folder.rglob("*.py"))]
    return {path.relative_to(FOLDER).as_posix(): path.read_text() for path in files}


def quote(sources: Sources) -> None:
    """Lets tracebacks quote these texts, which are in no file."""
    for path, text in sources.texts.items():
        linecache.cache[path] = len(text), None, text.splitlines(keepends=True), path


def _lifetime():
    """Of the modules that are imported now."""
    return sys.modules["browser.events"].lifetime


live = Live()
