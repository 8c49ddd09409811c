"""A release of the page: its files with their digests, and the service worker that keeps them."""

import hashlib
import json

from .index_page import with_start_files
from .memory_image import DIGEST_LENGTH
from .site_files import INDEX, ROOT, START, Source, published_files, read

WORKER = "service-worker.js"
WORKER_SOURCE = ROOT / "site/js" / WORKER
EDITOR = ("/dist/codemirror", "/dist/index-")  # in the names of its files
NO_RELEASE = 'const RELEASE = { name: "", files: {}, core: [] };'


def released_files() -> dict[str, Source]:
    """The published layout with its service worker, which index.html names."""
    files = published_files()
    page = with_start_files(read(files[INDEX]).decode(), {"worker": f"./{WORKER}"})
    files = {**files, INDEX: page.encode()}
    return {**files, WORKER: service_worker(files)}


def service_worker(files: dict[str, Source]) -> bytes:
    """The worker of this release: other files make another worker."""
    digests = {
        url: hashlib.sha256(read(source)).hexdigest() for url, source in sorted(files.items())
    }
    name = hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:DIGEST_LENGTH]
    release = {"name": name, "files": digests, "core": core_files(list(digests))}
    return (
        WORKER_SOURCE.read_text()
        .replace(NO_RELEASE, f"const RELEASE = {json.dumps(release)};")
        .encode()
    )


def core_files(urls: list[str]) -> list[str]:
    """What every start needs. The others are kept once they were asked for."""
    has_image = any(url.startswith(f"{START}/python-") for url in urls)
    return [url for url in urls if not (_is_for_reading(url) or (has_image and _is_long_way(url)))]


def _is_long_way(url: str) -> bool:
    """Whether it is needed only where Python starts without its memory image."""
    return url.endswith("/pyodide.asm.wasm") or url.startswith(
        (f"{START}/frontend-", f"{START}/stdlib-")
    )


def _is_for_reading(url: str) -> bool:
    """Sources that travel as an archive, the editor, and pictures for those who install the
    page."""
    is_source = url.startswith("py_frontend/") and url != "py_frontend/main.py"
    is_editor = url == "js/codemirror.js" or any(name in url for name in EDITOR)
    return is_source or is_editor or url.startswith(("icons/", "screenshot"))
