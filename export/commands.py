"""Programs of several commands, each a module with add_parser(subparsers), whose parser sets
`run`."""

from argparse import ArgumentParser
from collections.abc import Iterable
from types import ModuleType


def run_command(
    prog: str, description: str, commands: Iterable[ModuleType], argv: list[str] | None = None
) -> int:
    """Runs the command that `argv` names; gives the exit status."""
    parser = ArgumentParser(prog=prog, description=description, allow_abbrev=False)
    subparsers = parser.add_subparsers(required=True, metavar="command")
    for command in commands:
        command.add_parser(subparsers)
    args = parser.parse_args(argv)
    return args.run(args)
