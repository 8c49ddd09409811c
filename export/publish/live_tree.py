"""The working tree while the dev server runs: what has changed in it, for pages that are open, and
what a page that starts lays over the memory image, which is not built again."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from .index_page import with_start_files
from .memory_image import frontend_sources, image_file
from .site_files import INDEX, ROOT, START, Source, published_files, read, site_tree
from .styles import THEME

POLL_S = 0.05
QUIET_POLLS = 20  # after which an open page is told that nothing has changed
STYLE = ".css"
FRONTEND = "py_frontend/"
LIVE_SCRIPT = "js/live.js"  # of which the published page has no use
LIVE_TAG = f'<script src="./{LIVE_SCRIPT}"></script>'
BEFORE_SCRIPT = "<script>"

Snapshot = dict[str, tuple[int, int]]


class LiveTree:
    """Made before the server starts, when the image is that of the sources as they are."""

    def __init__(self, root: Path = ROOT):
        self._root = root
        self._made_ns = time.time_ns()
        self._image = image_file(root)
        self._imaged = self._texts()

    def files(self) -> dict[str, Source]:
        """The published layout, with a page that listens to changes."""
        files = published_files(self._root)
        files[LIVE_SCRIPT] = self._root / "site" / LIVE_SCRIPT
        told: dict = {"since": time.time_ns()}
        if self._image.exists():
            image = f"{START}/{self._image.name}"
            files[image] = self._image
            told |= {"image": f"./{image}", "imageBytes": self._image.stat().st_size}
            told["edited"] = self._edited()
        page = with_start_files(read(files[INDEX]).decode(), told)
        files[INDEX] = page.replace(BEFORE_SCRIPT, LIVE_TAG + BEFORE_SCRIPT, 1).encode()
        return files

    def changes(self, since: int) -> Iterator[tuple[int, dict | None]]:
        """What has changed after `since`, in nanoseconds, and then whatever changes: the time, and
        what there is to do. None now and then, where nothing has."""
        known = {url: state for url, state in self._snapshot().items() if state[0] <= since}
        quiet = 0
        while True:
            now, found = time.time_ns(), self._settled(known)
            quiet = 0 if found != known else quiet + 1
            if found != known:
                yield now, self._told(known, found)
            elif quiet % QUIET_POLLS == 0:
                yield now, None
            known = found
            time.sleep(POLL_S)

    def _settled(self, known: Snapshot) -> Snapshot:
        """A snapshot that holds: editors write a file in steps."""
        found = self._snapshot()
        while found != known:
            time.sleep(POLL_S)
            later = self._snapshot()
            if later == found:
                break
            found = later
        return found

    def _snapshot(self) -> Snapshot:
        """When each source was written last, and its size."""
        states = {}
        for url, path in self._sources().items():
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            states[url] = stat.st_mtime_ns, stat.st_size
        return states

    def _sources(self) -> dict[str, Path]:
        frontend = {FRONTEND + name: path for name, path in frontend_sources(self._root).items()}
        theme = {THEME.name: self._root / THEME}
        return {**dict(site_tree(self._root / "site")), **theme, **frontend}

    def _told(self, before: Snapshot, after: Snapshot) -> dict:
        """What a page is told: the texts of Python modules, whether styles have changed, and
        whether it has to reload."""
        urls = {url for url, _ in before.items() ^ after.items()}
        python = {url for url in urls if url.startswith(FRONTEND)}
        styles = {url for url in urls if url.endswith(STYLE)}
        return {
            "python": {url.removeprefix(FRONTEND): self._text(url) for url in sorted(python)},
            "styles": bool(styles),
            "others": sorted(urls - python - styles),
        }

    def _text(self, url: str) -> str | None:
        path = self._root / url
        return path.read_text() if path.exists() else None

    def _texts(self) -> dict[str, str]:
        return {name: path.read_text() for name, path in frontend_sources(self._root).items()}

    def _edited(self) -> dict[str, str | None]:
        """What differs from the image, and also what was changed back: a page has to know that an
        edit that hung is gone."""
        texts, paths = self._texts(), frontend_sources(self._root)
        saved = {
            name: text
            for name, text in texts.items()
            if paths[name].stat().st_mtime_ns > self._made_ns
        }
        return changed_texts(self._imaged, texts) | saved


def changed_texts(before: dict[str, str], after: dict[str, str]) -> dict[str, str | None]:
    """Those that are new or other ones; None for those that are gone."""
    paths = {path for path, _ in before.items() ^ after.items()}
    return {path: after.get(path) for path in sorted(paths)}


def event(moment: int, told: dict | None) -> bytes:
    """As server-sent events are written; a comment where there is nothing to tell."""
    return f"id: {moment}\ndata: {json.dumps(told)}\n\n".encode() if told else b":\n\n"
