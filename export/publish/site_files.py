"""The one mapping from URL path to source file, shared by the dev server and the published
bundle."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Source = Path | bytes

CONFIG = "pyscript.json"
MODULES = Path("site/node_modules")

NOT_PUBLISHED = {"node_modules", "package.json", "package-lock.json", "screenshot.png"}

VENDOR = {
    "pyodide": (
        "pyodide.mjs",
        "pyodide.asm.mjs",
        "pyodide.asm.wasm",
        "pyodide-lock.json",
        "python_stdlib.zip",
    ),
    "@pyscript/core": (
        "dist/core.css",
        "dist/core.js",
        "dist/core-*.js",
        # core.js imports these at every start; editors, terminals and MicroPython load only when a
        # page uses them.
        "dist/deprecations-manager-*.js",
        "dist/donkey-*.js",
        "dist/error-*.js",
        "dist/py-editor-*.js",
        "dist/py-game-*.js",
        "dist/py-terminal-*.js",
    ),
    "chart.js": ("dist/chart.umd.min.js",),
}


def published_files(root: Path = ROOT) -> dict[str, Source]:
    """Every URL path of the app (no leading slash, '/' between parts) and what is behind it: a
    file, or bytes that are made from the tree."""
    return {
        **dict(_tree(root / "site", "")),
        **_frontend(root),
        CONFIG: json.dumps(pyscript_config(root), indent=1).encode(),
        **dict(_vendored(root)),
    }


def read(source: Source) -> bytes:
    """The contents of a published file."""
    return source if isinstance(source, bytes) else source.read_bytes()


def pyscript_config(root: Path = ROOT) -> dict:
    """Which interpreter PyScript starts, and which of our modules it gives to Python."""
    modules = [name.removeprefix("py_frontend/") for name in _frontend(root)]
    files = {f"{{FROM}}/{name}": name for name in modules if name != "main.py"}
    return {
        "interpreter": "./vendor/pyodide/pyodide.mjs",
        "files": {"{FROM}": "./py_frontend", **files},
    }


def _frontend(root: Path) -> dict[str, Path]:
    return dict(_tree(root / "py_frontend", "py_frontend/", suffix=".py"))


def missing_vendor_files(root: Path = ROOT) -> list[str]:
    """The vendored files (or patterns) that `npm ci` should have brought and that are not there."""
    return [
        (MODULES / package / pattern).as_posix()
        for package, patterns in VENDOR.items()
        for pattern in patterns
        if not any((root / MODULES / package).glob(pattern))
    ]


def _tree(folder: Path, prefix: str, suffix: str = "") -> Iterator[tuple[str, Path]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_published(name))
        for name in sorted(names):
            if _is_published(name) and name.endswith(suffix):
                path = Path(parent, name)
                yield prefix + path.relative_to(folder).as_posix(), path


def _is_published(name: str) -> bool:
    return (
        not name.startswith((".", "__pycache__"))
        and not name.endswith(".tmp")
        and name not in NOT_PUBLISHED
    )


def _vendored(root: Path) -> Iterator[tuple[str, Path]]:
    for package, patterns in VENDOR.items():
        folder = root / MODULES / package
        for pattern in patterns:
            for path in sorted(folder.glob(pattern)):
                yield f"vendor/{package}/{path.relative_to(folder).as_posix()}", path
