"""The browser packages that the page is made with: which of their files it publishes, and under
which version."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

PYODIDE, PYSCRIPT, CHART = "pyodide", "@pyscript/core", "chart.js"
MODULES = Path("site/node_modules")
STDLIB = "python_stdlib.zip"

VENDOR = {
    PYODIDE: (
        "pyodide.mjs",
        "pyodide.asm.mjs",
        "pyodide.asm.wasm",
        STDLIB,
    ),
    PYSCRIPT: (
        "dist/core.css",
        "dist/core.js",
        "dist/core-*.js",
        "dist/error-*.js",
        "dist/codemirror*.js",
        "dist/index-*.js",
    ),
    CHART: ("dist/chart.umd.min.js",),
}


def package_folder(root: Path, package: str) -> Path:
    return root / MODULES / package


def vendored_files(root: Path) -> Iterator[tuple[str, Path]]:
    """URL path and file of all that the page takes from packages. The version is in the path, so a
    browser may keep the file for ever."""
    for package, patterns in VENDOR.items():
        folder = package_folder(root, package)
        for pattern in patterns:
            for path in sorted(folder.glob(pattern)):
                name = path.relative_to(folder).as_posix()
                yield vendor_url(root, package, name), path


def vendor_url(root: Path, package: str, name: str) -> str:
    """Modules are called .js: there are hosts that send .mjs with a type that browsers refuse."""
    published = re.sub(r"\.mjs$", ".js", name)
    return f"vendor/{package}@{package_versions(root)[package]}/{published}"


def missing_vendor_files(root: Path) -> list[str]:
    """The vendored files (or patterns) that `npm ci` should have brought and that are not there."""
    return [
        (MODULES / package / pattern).as_posix()
        for package, patterns in VENDOR.items()
        for pattern in patterns
        if not any(package_folder(root, package).glob(pattern))
    ]


def package_versions(root: Path) -> dict[str, str]:
    """As pinned in site/package.json."""
    return json.loads((root / "site/package.json").read_text())["dependencies"]
