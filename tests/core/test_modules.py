"""Modules from sources: what is compiled, found and run."""

import __future__

import sys

import pytest

from py_frontend.core.faults import Fault, fault_of
from py_frontend.core.modules import Modules, Sources, run_main
from tests.support.fakes import finished

PAGE = {
    "paper/__init__.py": "",
    "paper/panels/__init__.py": "",
    "paper/panels/notes.py": "INK = 'black'\n",
    "main.py": "",
}


@pytest.fixture
def modules(monkeypatch):
    """Those of a page that is in no folder."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    yield Modules(("paper",), kept=("paper.panels.keeper",))
    for name in [name for name in sys.modules if name.partition(".")[0] == "paper"]:
        del sys.modules[name]


def test_modules_in_folders_of_a_package_are_exchanged_with_it(modules):
    sources = Sources(PAGE)
    with modules.exchanged(sources):
        notes = sys.modules["paper.panels.notes"]
    assert (notes.INK, notes.__spec__.origin) == ("black", "paper/panels/notes.py")
    sys.modules["paper.panels.keeper"] = keeper = object()
    with modules.exchanged(sources.changed({"paper/panels/notes.py": "INK = 'blue'\n"})):
        pass
    assert sys.modules["paper.panels.notes"].INK == "blue"
    assert sys.modules["paper.panels.keeper"] is keeper


def test_a_text_is_compiled_once_whichever_version_it_is_part_of():
    sources = Sources(PAGE)
    code = sources.code("paper/panels/notes.py")
    assert sources.changed({"main.py": "1"}).code("paper/panels/notes.py") is code


def test_only_the_main_script_may_await_at_its_top_level():
    text = "import asyncio\nawait asyncio.sleep(0)\n"
    sources = Sources({"main.py": text, "paper/a.py": text})
    finished(run_main(sources))
    with pytest.raises(SyntaxError):
        sources.code("paper/a.py")


def test_a_module_is_compiled_as_if_it_stood_alone():
    """Not with the features of the future that the one which compiles it has asked for."""
    code = Sources(PAGE).code("paper/panels/notes.py")
    assert not code.co_flags & __future__.annotations.compiler_flag


def test_the_main_script_is_run_as_the_main_one():
    text = "assert (__name__, __file__) == ('__main__', 'main.py')\nraise LookupError\n"
    with pytest.raises(LookupError):
        finished(run_main(Sources({"main.py": text})))


def test_an_error_that_came_through_no_line_of_the_page_is_one_of_the_main_script():
    for texts in ({}, {"main.py": "print()\n"}):
        fault = fault_of(ValueError("too wide"), texts)
        assert fault == Fault("main.py", 0, "", "ValueError: too wide")
        assert str(fault) == "main.py: ValueError: too wide"


def test_a_syntax_error_may_have_no_line():
    error = SyntaxError("null bytes", ("main.py", None, None, None))
    assert fault_of(error, {"main.py": "1"}) == Fault("main.py", 0, "", "SyntaxError: null bytes")
