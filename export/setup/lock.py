"""One set-up at a time: two that share .venv or node_modules would spoil each other's work."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .machine import Machine

if sys.platform != "win32":
    import fcntl


@contextmanager
def only_one(file: Path, machine: Machine) -> Iterator[None]:
    """Waits until no other set-up holds `file`.

    The machine's commands inherit the lock: one that outlives a killed set-up still keeps the next
    one waiting.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(file, os.O_RDONLY)
    try:
        _lock(descriptor, machine)
        machine.lock = descriptor
        yield
    finally:
        machine.lock = None
        os.close(descriptor)


def _lock(descriptor: int, machine: Machine) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        machine.say("Waiting for another set-up to end ...")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
