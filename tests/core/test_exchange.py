"""Versions of a page that take each other's place: of modules in a folder, in CPython."""

import asyncio
import sys
from types import SimpleNamespace

import pytest

from py_frontend.core.exchange import Exchange
from py_frontend.core.lifetime import Lifetime
from py_frontend.core.modules import Modules, Sources
from tests.support.fakes import finished

HOST = "page_under_test"
FILES = {
    "toy/__init__.py": "",
    "toy/colour.py": "INK = 'black'\n",
    "toy/pen.py": "from .colour import INK\n\ndef draw(text):\n    return f'{text} in {INK}'\n",
    "main.py": f"""\
import {HOST} as host
from toy.pen import draw

host.lifetime().own(lambda: host.told.append("released"))
await host.pause()
drawing = host.handed[-1] if host.handed else "seven"
host.told.append(draw(drawing))

async def prove():
    draw("first")

host.started(lambda: drawing, prove)
""",
}


class Host:
    """What main.py finds around it, as a module."""

    def __init__(self, texts):
        self.told, self.handed, self.lifetimes = [], [], {}
        self.modules = Modules(("toy",), kept=("toy.keeper",))
        self.exchange = Exchange(
            self.modules, Sources(texts), self.handed.append, lambda: self.lifetime()
        )

    def lifetime(self):
        return self.lifetimes.setdefault(id(sys.modules["toy"]), Lifetime())

    def started(self, keep, prove):
        self.exchange.started(SimpleNamespace(keep=keep, prove=prove))

    async def pause(self):
        await asyncio.sleep(0)

    def change(self, **texts):
        """The fault of a change; the names are those of the toy's modules."""
        changes = {f"toy/{name}.py": text for name, text in texts.items()}
        return finished(self.exchange.change(changes))


@pytest.fixture
def host(monkeypatch, tmp_path):
    """A page that runs from files in a folder."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    host = Host(FILES)
    monkeypatch.setitem(sys.modules, HOST, host)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    code = host.exchange.sources.code("main.py")
    finished(eval(code, {"__name__": "__main__"}))
    yield host
    for name in [name for name in sys.modules if name.partition(".")[0] == "toy"]:
        del sys.modules[name]


def test_a_change_reaches_the_modules_that_import_the_changed_one(host):
    assert host.change(colour="INK = 'blue'\n") is None
    assert host.told == ["seven in black", "released", "seven in blue"]


def test_the_next_version_goes_on_with_what_the_one_before_kept(host):
    host.change(colour="INK = 'blue'\n")
    assert host.handed == ["seven"]


def test_modules_come_and_go_without_a_list(host):
    pen = "from .width import WIDTH\n\ndef draw(text):\n    return f'{text}, {WIDTH} wide'\n"
    assert host.change(pen=pen, width="WIDTH = 3\n", colour=None) is None
    assert host.told[-1] == "seven, 3 wide"
    assert "toy.colour" not in sys.modules


def test_a_module_that_is_gone_is_not_found_where_it_was(host):
    assert host.change(width="WIDTH = 3\n") is None
    fault = host.change(width=None, colour="from .width import WIDTH\nINK = WIDTH\n")
    assert "No module named 'toy.width'" in fault.message
    fault = host.change(pen="from toy import brush\n")
    assert "cannot import name 'brush'" in fault.message


def test_a_syntax_error_is_found_before_anything_runs(host):
    before = sys.modules["toy.pen"]
    fault = host.change(colour="INK = = 'blue'\n", pen="raise SystemError\n")
    assert (fault.path, fault.line, fault.source) == ("toy/colour.py", 1, "INK = = 'blue'")
    assert fault.message == "SyntaxError: invalid syntax"
    assert sys.modules["toy.pen"] is before and host.told == ["seven in black"]


def test_an_error_while_importing_leaves_all_modules_as_they_were(host):
    before = {name: module for name, module in sys.modules.items() if name.startswith("toy")}
    fault = host.change(colour="INK = 'blue'\n", pen="from .colour import PAPER\n")
    assert (fault.path, fault.line) == ("toy/pen.py", 1)
    assert "cannot import name 'PAPER'" in fault.message
    assert {name: sys.modules.get(name) for name in before} == before
    assert host.told == ["seven in black"]


@pytest.mark.parametrize(
    "pen",
    [
        "def draw(text):\n    return text + 1\n",
        "def draw(text):\n    return text if text != 'first' else text + 1\n",
    ],
    ids=["while starting", "in the first answer"],
)
def test_a_version_that_fails_gives_way_to_the_one_before(host, pen):
    fault = host.change(pen=pen)
    assert (fault.path, fault.line) == ("toy/pen.py", 2)
    assert "TypeError: can only concatenate str" in fault.message
    assert fault.source == pen.splitlines()[1]
    assert host.told.count("released") == 2
    assert host.told[-1] == "seven in black" and host.handed == ["seven", "seven"]
    assert host.change(colour="INK = 'blue'\n") is None
    assert host.told[-1] == "seven in blue"


def test_a_main_script_that_does_not_tell_that_it_runs_gives_way(host):
    fault = finished(host.exchange.change({"main.py": "import toy\n"}))
    assert "live.started(...)" in fault.message
    assert host.told[-1] == "seven in black"


def test_a_fault_reads_as_a_place_a_message_and_the_line(host):
    fault = host.change(colour="INK = 'blue\n")
    place, line = str(fault).splitlines()
    assert place.startswith("toy/colour.py, line 1: SyntaxError: unterminated string")
    assert line == "INK = 'blue"


def test_finders_do_not_pile_up(host):
    before = len(sys.meta_path)
    for number in range(5):
        host.change(colour=f"INK = {number}\n")
        host.change(colour="INK =\n")
        host.change(colour="INK = ink\n")
    assert len(sys.meta_path) == len({id(finder) for finder in sys.meta_path}) == before + 1


def test_changes_take_turns(host):
    async def both():
        change = host.exchange.change
        first = change({"toy/colour.py": "INK = 'blue'\n"})
        second = change({"toy/width.py": "WIDTH = 1\n"})
        return await asyncio.gather(first, second)

    assert finished(both()) == [None, None]
    assert host.told[-1] == "seven in blue" and "toy/width.py" in host.exchange.sources.texts
