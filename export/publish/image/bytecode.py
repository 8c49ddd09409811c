"""Copies /tmp/sources.zip to /tmp/compiled.zip, with bytecode in the place of those sources that
Python imports at its start, or `late` (names of modules, a global). Runs in Pyodide."""

import py_compile
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# Nobody looks for a newer source: there is none beside the bytecode.
MODE = py_compile.PycInvalidationMode.UNCHECKED_HASH
# What the page's modules import beyond what Pyodide and PyScript do.
ALSO = ("array", "base64", "collections.abc", "contextvars", "dataclasses", "heapq")


def imported() -> set[str]:
    """The names in the archive of all modules that are imported by now."""
    files = (getattr(module, "__file__", None) or "" for module in sys.modules.values())
    return {file.partition(".zip/")[2] for file in files}


def bytecode(name: str, source: bytes, scratch: Path) -> bytes:
    path, compiled = scratch / "source.py", scratch / "compiled.pyc"
    path.write_bytes(source)
    py_compile.compile(str(path), str(compiled), dfile=name, doraise=True, invalidation_mode=MODE)
    return compiled.read_bytes()


for name in ("pyscript", *ALSO, *late):
    import_module(name)
wanted = imported()
with (
    ZipFile("/tmp/sources.zip") as sources,
    ZipFile("/tmp/compiled.zip", "w", ZIP_DEFLATED) as compiled,
    TemporaryDirectory() as scratch,
):
    for name in sources.namelist():
        content = sources.read(name)
        if name in wanted:
            name, content = f"{name}c", bytecode(name, content, Path(scratch))
        compiled.writestr(ZipInfo(name), content, ZIP_DEFLATED)
