"""The walls between modules: what may import what, and that the browser is given every module."""

import ast
import io
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from export.publish.site_files import frontend_archive

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "py_frontend"
BROWSER_ONLY = {"js", "pyscript", "pyodide", "polyscript"}
OWN = {"py_frontend", "core", "browser", "training", "export", "tests"}


def imports(path: Path) -> list[ast.Import | ast.ImportFrom]:
    return [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def imported_packages(path: Path) -> set[str]:
    """First parts of all absolute imports; a relative import names nothing."""
    absolute = [node for node in imports(path) if not getattr(node, "level", 0)]
    return {
        (getattr(node, "module", None) or alias.name).split(".")[0]
        for node in absolute
        for alias in node.names
    }


def modules(folder: str) -> list:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found
    return [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in found]


@pytest.mark.parametrize("path", modules("py_frontend/core"))
def test_core_imports_the_standard_library_and_itself(path):
    assert imported_packages(path) <= sys.stdlib_module_names
    assert not imported_packages(path) & BROWSER_ONLY
    assert all(node.level == 1 for node in imports(path) if getattr(node, "level", 0))


@pytest.mark.parametrize("path", modules("py_frontend/browser"))
def test_browser_modules_import_core_and_each_other_but_nothing_else_of_ours(path):
    assert imported_packages(path) & OWN <= {"core"}
    assert imported_packages(path) <= sys.stdlib_module_names | BROWSER_ONLY | {"core"}
    depth = len(path.relative_to(FRONTEND / "browser").parts)
    assert all(node.level <= depth for node in imports(path) if getattr(node, "level", 0))


def test_main_imports_only_the_frontend_and_pyscript():
    assert imported_packages(FRONTEND / "main.py") <= {"core", "browser", "pyscript"}


def on_the_host() -> list:
    """Without what the build gives to Pyodide to run."""
    found = modules("training") + modules("export")
    return [param for param in found if "/publish/image/" not in param.id]


@pytest.mark.parametrize("path", on_the_host())
def test_training_and_export_never_import_the_browser_side(path):
    named = {
        getattr(node, "module", None) or alias.name
        for node in imports(path)
        for alias in node.names
    }
    assert not {name for name in named if name.startswith("py_frontend.browser")}
    assert not imported_packages(path) & BROWSER_ONLY


def test_every_frontend_module_is_shipped_to_the_browser():
    with ZipFile(io.BytesIO(frontend_archive(ROOT))) as archive:
        shipped = {name: archive.read(name) for name in archive.namelist()}
    assert shipped == {
        path.relative_to(FRONTEND).as_posix(): path.read_bytes()
        for path in FRONTEND.rglob("*.py")
        if path != FRONTEND / "main.py"
    }


def test_the_site_holds_no_python():
    assert not [path for path in (ROOT / "site").rglob("*.py") if "node_modules" not in path.parts]


def test_pyscript_is_not_asked_for_packages():
    """Even an empty list would make it load a package installer at every start."""
    assert '"packages"' not in (ROOT / "site/index.html").read_text()


def test_main_only_makes_objects_and_connects_them():
    """What happens when is Page's, which tests of the core run without a browser."""
    nodes = list(ast.walk(ast.parse((FRONTEND / "main.py").read_text())))
    decisions = (ast.If, ast.IfExp, ast.For, ast.While, ast.Try, ast.FunctionDef, ast.ClassDef)
    assert not [node for node in nodes if isinstance(node, decisions)]
