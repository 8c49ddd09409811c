"""The one mapping from URL path to source, shared by the dev server and the published bundle."""

import hashlib
import io
import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from .index_page import render
from .memory_image import DIGEST_LENGTH, frontend_sources, image_file, stdlib_file
from .packages import (
    PYODIDE,
    STDLIB,
    missing_vendor_files,
    package_folder,
    vendor_url,
    vendored_files,
)
from .styles import SHEET, THEME, sheet_file

ROOT = Path(__file__).resolve().parents[2]
Source = Path | bytes

INDEX = "index.html"
LICENSE = "LICENSE.txt"
START = "start"
MODEL_KEYS = ("name", "net", "net_sha256", "weights", "sha256", "wasm", "wasm_sha256")
NOT_PUBLISHED = {
    "jsconfig.json",
    "live.js",
    "jsconfig.worker.json",
    "node_modules",
    "package.json",
    "package-lock.json",
    "service-worker.js",
    THEME.name,
    "types.d.ts",
}


def published_files(root: Path = ROOT) -> dict[str, Source]:
    """Every URL path of the app (no leading slash, '/' between parts) and what is behind it: a
    file, or bytes that are made from the tree."""
    tree = dict(site_tree(root / "site"))
    frontend = {f"py_frontend/{name}": path for name, path in frontend_sources(root).items()}
    start = start_files(root)
    files = {**tree, **frontend, **dict(vendored_files(root)), **dict(start.values())}
    if any(url.startswith(f"{START}/stdlib-") for url in files):
        files.pop(vendor_url(root, PYODIDE, STDLIB), None)
    if (root / "LICENSE").exists():
        files[LICENSE] = root / "LICENSE"
    if sheet_file(root).exists():
        files[SHEET] = sheet_file(root)
    if INDEX in tree:
        urls = {what: f"./{url}" for what, (url, _) in start.items()}
        sizes = {"imageBytes": size_bytes(start["image"][1])} if "image" in start else {}
        named = {**urls, **sizes, "models": model_files(root)}
        files[INDEX] = render(tree[INDEX].read_text(), named)
    return files


def read(source: Source) -> bytes:
    """The contents of a published file."""
    return source if isinstance(source, bytes) else source.read_bytes()


def size_bytes(source: Source) -> int:
    """Of a published file, which is not read for it."""
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def start_files(root: Path) -> dict[str, tuple[str, Source]]:
    """What Python starts from, by what it is: URL path and source. Once they are built, the image
    is among them, and the standard library has bytecode."""
    archive = frontend_archive(root)
    digest = hashlib.sha256(archive).hexdigest()[:DIGEST_LENGTH]
    files: dict[str, tuple[str, Source]] = {
        "frontend": (f"{START}/frontend-{digest}.zip", archive),
    }
    if missing_vendor_files(root):
        return files
    files["stdlib"] = (vendor_url(root, PYODIDE, STDLIB), package_folder(root, PYODIDE) / STDLIB)
    for what, path in (("image", image_file(root)), ("stdlib", stdlib_file(root))):
        if path.exists():
            files[what] = (f"{START}/{path.name}", path)
    return files


def model_files(root: Path) -> list[dict]:
    """Which files each model consists of, with their digests."""
    try:
        models = json.loads((root / "site/models/index.json").read_text())
        return [{key: model[key] for key in MODEL_KEYS if key in model} for model in models]
    except (OSError, ValueError, TypeError):
        return []  # the page says what is wrong with the list


def frontend_archive(root: Path) -> bytes:
    """The page's modules as one file, for starts without the image. The same sources make the same
    bytes."""
    sources = frontend_sources(root)
    return _archive(tuple((name, *_state(path)) for name, path in sources.items()))


def _state(path: Path) -> tuple[Path, int, int]:
    stat = path.stat()
    return path, stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=4)
def _archive(sources: tuple[tuple[str, Path, int, int], ...]) -> bytes:
    """Made once for each state of the sources: the dev server asks with every request."""
    archive = io.BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as entries:
        for name, path, _mtime_ns, _size in sources:
            if name != "main.py":
                entries.writestr(ZipInfo(name), path.read_bytes(), ZIP_DEFLATED)
    return archive.getvalue()


def site_tree(folder: Path) -> Iterator[tuple[str, Path]]:
    """What is published of a folder, by its URL path."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_published(name))
        for name in sorted(names):
            if _is_published(name):
                path = Path(parent, name)
                yield path.relative_to(folder).as_posix(), path


def _is_published(name: str) -> bool:
    return not (name.startswith(".") or name.endswith(".tmp") or name in NOT_PUBLISHED)
