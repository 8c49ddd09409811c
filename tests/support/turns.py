"""What several processes want to make is made by one of them, while the others wait."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def one_at_a_time(file: Path) -> Iterator[None]:
    """Only one process is in here with `file`; on Windows any number."""
    with file.open("w") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
