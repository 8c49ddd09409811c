"""Programs of several commands, each a module with add_parser(subparsers), whose parser sets
`run`; and how a program ends where the machine lacks something."""

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType

from .setup.machine import SetupError

NOT_INSTALLED = """{name} is not installed for {python}.
Use the project's environment, .venv/bin/python, which `make test` fills;
or install the project's packages: pip install -e ".[bench,test]\""""


def run_command(
    prog: str, description: str, commands: Iterable[ModuleType], argv: list[str] | None = None
) -> int:
    """Runs the command that `argv` names; gives the exit status."""
    parser = ArgumentParser(prog=prog, description=description, allow_abbrev=False)
    subparsers = parser.add_subparsers(required=True, metavar="command")
    for command in commands:
        command.add_parser(subparsers)
    args = parser.parse_args(argv)
    with ending_in_a_sentence():
        return args.run(args)


@contextmanager
def ending_in_a_sentence() -> Iterator[None]:
    """Ends the program with a sentence where the machine lacks a package, a program, a file, or
    the right or the room to write one."""
    try:
        yield
    except (
        MemoryError,
        ModuleNotFoundError,
        OSError,
        SetupError,
        subprocess.CalledProcessError,
    ) as error:
        raise SystemExit(f"Error: {_in_words(error)}") from None


def _in_words(error: Exception) -> str:
    match error:
        case ModuleNotFoundError(name=name):
            return NOT_INSTALLED.format(name=str(name).partition(".")[0], python=sys.executable)
        case FileNotFoundError(filename=str(name)) if "/" not in name:
            return f"{name} was found neither as a file nor as a program on PATH."
        case MemoryError():
            return (
                f"The memory is full ({error}). Less at a time, such as a smaller --batch, helps."
            )
        case OSError(filename=name) if name is not None:
            return f"{name}: {error.strerror}."
        case subprocess.CalledProcessError():
            return f"`{error.cmd[0]}` ended with exit status {error.returncode}."
    return str(error)
