"""The machine that is set up: the only place where set-up runs commands or looks for programs."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

KEPT_LINES = 15
GRACE_S = 10
INTERRUPTS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]

Command = tuple[str | Path, ...]


class SetupError(Exception):
    """Set-up cannot go on; the message says what is missing and how to get it."""


class Machine:
    """Runs commands silently; a failure carries the end of what the command printed."""

    lock: int | None = None  # the file descriptor that commands inherit, see lock.py

    def run(
        self,
        *command: str | Path,
        cwd: Path | None = None,
        timeout_s: float | None = None,
        inherit_lock: bool = True,
    ) -> str:
        """The command's output; SetupError when it fails, cannot start or takes too long."""
        with self._started(command, cwd, inherit_lock) as process:
            return _output(process, command, timeout_s)

    @contextmanager
    def beside(self, *command: str | Path, cwd: Path | None = None) -> Iterator[None]:
        """Runs a command while the block runs, then waits for it; a block that fails ends it."""
        with self._started(command, cwd, inherit_lock=True) as process:
            yield
            _output(process, command, timeout_s=None)

    @contextmanager
    def _started(
        self, command: Command, cwd: Path | None, inherit_lock: bool
    ) -> Iterator[subprocess.Popen[str]]:
        process: subprocess.Popen[str] | None = None
        try:
            with _interrupts_held_back():
                try:
                    process = subprocess.Popen(
                        command,
                        cwd=cwd,
                        text=True,
                        errors="replace",
                        start_new_session=True,
                        pass_fds=(self.lock,) if self.lock is not None and inherit_lock else (),
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT,
                    )
                except OSError as error:
                    raise SetupError(
                        f"`{_line(command)}` did not start: {error.strerror}"
                    ) from None
            yield process
        except BaseException:
            _stop(process)
            raise

    def succeeds(self, *command: str | Path) -> bool:
        try:
            self.run(*command, timeout_s=60)
        except SetupError:
            return False
        return True

    def which(self, program: str) -> str | None:
        return shutil.which(program)

    def environ(self, name: str) -> str | None:
        return os.environ.get(name)

    def is_root(self) -> bool:
        return hasattr(os, "geteuid") and os.geteuid() == 0

    def say(self, step: str) -> None:
        print(step, file=sys.stderr, flush=True)


def _line(command: Command) -> str:
    return " ".join(map(str, command))


def _output(process: subprocess.Popen[str], command: Command, timeout_s: float | None) -> str:
    """What the command printed, once it has ended."""
    try:
        output, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        raise SetupError(f"`{_line(command)}` was stopped after {timeout_s:.0f} s") from None
    if process.returncode:
        end = "\n".join(output.rstrip().splitlines()[-KEPT_LINES:])
        raise SetupError(f"`{_line(command)}` failed with exit status {process.returncode}:\n{end}")
    return output


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Raises interrupts at the end of the block: one during it would lose a process that has just
    started."""
    if threading.current_thread() is not threading.main_thread():  # which alone is interrupted
        yield
        return
    caught: list[int] = []
    handled = [number for number in INTERRUPTS if callable(signal.getsignal(number))]
    before = {
        number: signal.signal(number, lambda number, frame: caught.append(number))
        for number in handled
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for number in caught:
        signal.raise_signal(number)


def _stop(process: subprocess.Popen[str] | None) -> None:
    """Ends a command and its children, politely first: a package manager must not leave things half
    done."""
    if process is None or process.returncode is not None:
        return
    for how in ("SIGTERM", "SIGKILL"):
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, getattr(signal, how))
        else:
            process.kill()
        try:
            process.communicate(timeout=GRACE_S)
            return
        except subprocess.TimeoutExpired:
            continue
