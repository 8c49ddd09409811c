"""Kernels that are compiled once for all processes of a run, and what else is made once.

tinygrad keeps what it compiled in the memory of its process, by all that it was made from. The
workers of pytest-xdist, and the processes that tests start, share a folder besides: most of the
time of tests is that of its compiler.
"""

import os
import pickle
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pytest

from .turns import one_at_a_time

Made = TypeVar("Made")
FOLDER = "TESTS_PROGRAMS"  # the variable that tells workers where


def once_in_a_run(name: str, make: Callable[[], Made]) -> Made:
    """What `make` gives, which only the first of a run's processes calls that asks for `name`."""
    folder = os.environ.get(FOLDER)
    return once(Path(folder, name), make) if folder else make()


def once(file: Path, make: Callable[[], Made]) -> Made:
    """What is in `file`, and is made if it is not there; who asks meanwhile waits."""
    if not file.exists():
        with one_at_a_time(file.with_name(f"{file.name}.lock")):
            if not file.exists():
                made = make()
                save(file, made)
                return made
    return pickle.loads(file.read_bytes())


def save(file: Path, made: object) -> None:
    new = file.with_name(f"{file.name}.{os.getpid()}")
    new.write_bytes(pickle.dumps(made))
    new.replace(file)


def pytest_configure(config):
    """The process that starts the workers makes the folder; each worker takes it into use."""
    if hasattr(config, "workerinput"):
        share(Path(os.environ[FOLDER]))
    elif config.getoption("numprocesses", None):
        folder = tempfile.TemporaryDirectory()
        os.environ[FOLDER] = folder.name
        config.add_cleanup(folder.cleanup)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """The first worker that imports a module of tests rewrites its assertions and keeps them in
    __pycache__, where the others find them."""
    if FOLDER not in os.environ or not isinstance(collector, pytest.Module):
        return (yield)
    with one_at_a_time(Path(os.environ[FOLDER], f"{digest(collector.nodeid)}.lock")):
        return (yield)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class SharedPrograms(dict):
    """tinygrad's programs by their keys: those of this process, and the ones in `folder`."""

    def __init__(self, known: dict, folder: Path):
        super().__init__(known)
        self._folder = folder

    def __contains__(self, key: object) -> bool:
        return self.get(key) is not None

    def get(self, key, default=None):
        if not super().__contains__(key) and (file := self._file(key)).exists():
            super().__setitem__(key, pickle.loads(file.read_bytes()))
        return super().get(key, default)

    def __setitem__(self, key, program) -> None:
        super().__setitem__(key, program)
        save(self._file(key), program)

    def _file(self, key) -> Path:
        return self._folder / digest(repr(key))


def share(folder: Path) -> None:
    """Lets tinygrad look in `folder` before it compiles a kernel."""
    from tinygrad import codegen
    from tinygrad.engine import realize

    programs = SharedPrograms(codegen.to_program_cache, folder)
    codegen.to_program_cache = realize.to_program_cache = programs
