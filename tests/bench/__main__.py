"""`python -m tests.bench inference|training|pack|layouts|choose`: time inference and training; find layouts for the kernels."""
import sys
from argparse import ArgumentParser

from . import choose, inference, layouts, pack, training

COMMANDS = (inference, training, pack, layouts, choose)


def main(argv: list[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__, allow_abbrev=False)
    subparsers = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        command.add_parser(subparsers)
    args = parser.parse_args(argv)
    return args.run(args)


if __name__ == "__main__":
    sys.exit(main())
