"""Makes Python as the page finds it: everything imported, main.py compiled, nothing else left
behind. Runs in Pyodide under Node, before its memory is saved.

Two globals are given: `main`, the text of main.py, and `modules`, the names of all others.
"""

import ast
import gc
import linecache
import sys
from importlib import import_module
from types import ModuleType

from pyodide.code import CodeRunner

# Modules that PyScript registers in the page; the image holds stand-ins for them.
STAND_INS = ("_pyscript", "polyscript")


def compile_main(source: str) -> None:
    """Keeps main.py, compiled as PyScript would, in the module `_main`."""
    main = sys.modules["_main"] = ModuleType("_main")
    main.source = source
    main.runner = CodeRunner(
        source,
        return_mode="last_expr",
        filename="main.py",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
    ).compile()


def tidy() -> None:
    """Less to save: the less garbage is in memory, the smaller is the image."""
    for name in STAND_INS:
        sys.modules.pop(name, None)
    linecache.clearcache()
    sys.path_importer_cache.clear()
    for _ in range(2):
        gc.collect()
    gc.freeze()


for name in ("pyscript", *modules):
    import_module(name)
compile_main(main)
tidy()
