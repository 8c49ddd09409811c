"""The running page and its sources, which can be changed while it runs.

This module belongs to no version of the page: it is the one that exchanges them.
"""

import gc
import json
import linecache
import sys
from asyncio import create_task, sleep
from collections.abc import Callable, Mapping
from pathlib import Path

from pyodide.ffi import create_once_callable
from pyscript import document, js_import, window
from pyscript.ffi import create_proxy

from core.exchange import Exchange, Version
from core.faults import Fault
from core.modules import MAIN, Modules, Sources

FOLDER = Path("/home/pyodide")  # where site/js/ writes the page's modules
PACKAGES = ("core", "browser")
KEPT = (
    "browser.editor",
    "browser.live",
    "core.exchange",
    "core.faults",
    "core.lifetime",
    "core.modules",
)
KEPT_PATHS = {f"{name.replace('.', '/')}.py" for name in KEPT}
PAUSE_S = 0.02
COLLECT_MS = 200  # after a change: it is seen before

Changes = Mapping[str, str | None]


class Live:
    """The version of the page that runs; its sources are read when they are first asked for."""

    def __init__(self) -> None:
        self._version: Version | None = None
        self._exchange: Exchange | None = None
        self.originals: dict[str, str] = {}
        self.is_restored = False
        self._rejected: dict[str, str | None] = {}
        self.on_changed: Callable[[Fault | None], None] = lambda _fault: None

    def started(self, version: Version) -> None:
        """Called by main.py at its end."""
        is_first = self._version is None
        self._version = version
        if self._exchange:
            self._exchange.started(version)
        if is_first and hasattr(window, "live"):
            window.live.change = create_proxy(self._change_as_told)
            window.live.keep = create_proxy(lambda: self._version and self._version.keep())
            self._warming = create_task(self._warm())

    @property
    def sources(self) -> Sources:
        """Of the version that runs."""
        return self._exchange.sources if self._exchange else Sources(read_sources())

    def remember_originals(self) -> None:
        """The texts before any change, of all that can be exchanged, as `originals`."""
        if not self.originals:
            texts = self.sources.texts
            self.originals = {path: texts[path] for path in texts if path not in KEPT_PATHS}

    def changed_back(self) -> dict[str, str]:
        """Changes that make the page what it was at first."""
        running = self.sources.texts
        return {path: text for path, text in self.originals.items() if running.get(path) != text}

    def submit(self, changes: Changes) -> None:
        """As `change`, in the background: the version that asks may be over when it is done. The
        one that runs then is told by `on_changed`."""
        self._submitted = create_task(self._submit(changes))

    async def _submit(self, changes: Changes) -> None:
        fault = await self.change(changes)
        self.on_changed(fault)

    async def change(self, changes: Changes) -> Fault | None:
        """Runs the page with other sources; where they have a fault the version before goes on, and
        the page tells where it is."""
        exchange = await self._begun()
        quote(exchange.sources.changed(changes))
        fault = await exchange.change(changes)
        quote(exchange.sources)
        show(fault)
        window.setTimeout(create_once_callable(collect), COLLECT_MS)
        return fault

    async def _change_as_told(self, changes: str) -> str | None:
        """As site/js/live.js calls it, with JSON. What was rejected before is tried again with
        what comes now: several files may be saved one after the other."""
        told = json.loads(changes)
        if not KEPT_PATHS.isdisjoint(told):
            window.live.reload()
        self._rejected |= told
        tried = dict(self._rejected)
        running = (await self._begun()).sources.texts
        before = {path: running.get(path) for path in tried}
        window.live.begin(json.dumps({"before": before, "tried": tried}))  # in case it hangs
        try:
            fault = await self.change(tried)
        finally:
            window.live.end()
        if fault:
            return str(fault)
        self._rejected = dict(self._rejected.items() - tried.items())
        self.originals |= {path: text for path, text in tried.items() if self.originals and text}
        return None

    async def _warm(self) -> None:
        """Compiles all sources, one at a time, so that the first change need not."""
        sources = (await self._begun()).sources
        for path in sources.texts:
            sources.code(path)
            await sleep(PAUSE_S)

    async def _begun(self) -> Exchange:
        if self._exchange is None:
            url = window.URL.new("./js/before-python.js", document.baseURI).href
            [before] = await js_import(url)
            modules = Modules(PACKAGES, KEPT)
            self._exchange = Exchange(modules, self.sources, before.handOver, _lifetime)
            if self._version:
                self._exchange.started(self._version)
        return self._exchange


def collect() -> None:
    """Frees the version before, whose objects refer to each other: Python would come to it late,
    and the browser knows nothing of what is only held by Python."""
    gc.collect()


def show(fault: Fault | None) -> None:
    """Says where the newest change has a fault, until one has none."""
    place = document.getElementById("fault")
    place.hidden = fault is None
    place.textContent = f"{fault}\nThe page goes on with the version before." if fault else ""


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
