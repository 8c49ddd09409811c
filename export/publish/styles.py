"""The page's style sheet: Tailwind's command makes it from site/theme.css, for the classes that
index.html and the modules that touch the page name.

It lies in build/styles/ with a digest of everything that it was made from; it is not committed.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from .memory_image import file_sha256
from .node import NodeError, run_node
from .packages import MODULES

SHEET = "styles.css"
THEME = Path("site/theme.css")
BUILD = Path("build/styles")
COMMAND = MODULES / "@tailwindcss/cli/dist/index.mjs"


def sheet_file(root: Path) -> Path:
    """Where the sheet lies once it is compiled; after an edit it is the one before, until then."""
    return root / BUILD / SHEET


def compile_sheet(root: Path) -> Path:
    """Compiles the sheet unless the one that is there is of the same sources. Raises NodeError:
    then the one before stays."""
    sheet, wanted = sheet_file(root), sources_digest(root)
    if sheet.exists() and _made_from(root) == wanted:
        return sheet
    sheet.parent.mkdir(parents=True, exist_ok=True)
    if not (root / COMMAND).exists():
        raise NodeError(f"{COMMAND.as_posix()} is missing: run `npm ci --ignore-scripts` in site/.")
    scratch = sheet.with_name(f"{os.getpid()}-{SHEET}.tmp")
    try:
        run_node("Tailwind", COMMAND, "-i", THEME, "-o", scratch, "--minify", cwd=root)
        scratch.replace(sheet)
    finally:
        scratch.unlink(missing_ok=True)
    _digest_file(root).write_text(wanted)
    return sheet


def sources_digest(root: Path) -> str:
    """Of all that the sheet is made from."""
    whole = hashlib.sha256()
    for path in _sources(root):
        whole.update(f"{path.relative_to(root).as_posix()} {file_sha256(path)}\n".encode())
    return whole.hexdigest()


class SheetKeeper:
    """Keeps the sheet up to date while the dev server runs. Sources that Tailwind refused are not
    tried again."""

    def __init__(self, root: Path):
        self._root, self._busy, self._refused = root, Lock(), ""

    def refresh(self) -> None:
        """Says on stderr why a sheet cannot be made: the page keeps the one before."""
        with self._busy:
            sources = sources_digest(self._root)
            if sources == self._refused:
                return
            try:
                compile_sheet(self._root)
            except NodeError as error:
                self._refused = sources
                print(f"The style sheet was not compiled: {error}", file=sys.stderr)


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "styles", help="compile the style sheet", description=__doc__, allow_abbrev=False
    )
    parser.set_defaults(run=run)


def run(_args) -> int:
    try:
        compile_sheet(Path(__file__).resolve().parents[2])
    except NodeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _sources(root: Path) -> Iterator[Path]:
    yield root / THEME
    yield from sorted((root / "site").glob("*.html"))
    yield from sorted((root / "py_frontend/browser").rglob("*.py"))
    yield root / "site/package-lock.json"


def _made_from(root: Path) -> str:
    try:
        return _digest_file(root).read_text()
    except OSError:
        return ""


def _digest_file(root: Path) -> Path:
    return root / BUILD / "made-from"
