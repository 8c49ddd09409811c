"""Kernels that are compiled once for all processes of a run.

tinygrad keeps what it compiled in the memory of its process, by all that it was made from. The
workers of pytest-xdist, and the processes that tests start, share a folder besides: most of the
time of tests is that of its compiler.
"""

import os
import pickle
import tempfile
from hashlib import sha256
from pathlib import Path

FOLDER = "TESTS_PROGRAMS"  # the variable that tells workers where


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
        new = self._folder / f"{os.getpid()}.new"
        new.write_bytes(pickle.dumps(program))
        new.replace(self._file(key))

    def _file(self, key) -> Path:
        return self._folder / sha256(repr(key).encode()).hexdigest()


def pytest_configure(config):
    """The process that starts the workers makes the folder; each worker takes it into use."""
    if hasattr(config, "workerinput"):
        share(Path(os.environ[FOLDER]))
    elif config.getoption("numprocesses", None):
        folder = tempfile.TemporaryDirectory()
        os.environ[FOLDER] = folder.name
        config.add_cleanup(folder.cleanup)


def share(folder: Path) -> None:
    from tinygrad import codegen
    from tinygrad.engine import realize

    programs = SharedPrograms(codegen.to_program_cache, folder)
    codegen.to_program_cache = realize.to_program_cache = programs
