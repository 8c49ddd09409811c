"""`python -m tests.bench inference|training|pack|layouts|choose`: time inference and training; find layouts for the kernels."""
import sys

from export.commands import run_command

from . import choose, inference, layouts, pack, training

COMMANDS = (inference, training, pack, layouts, choose)


def main(argv: list[str] | None = None) -> int:
    return run_command("python -m tests.bench", __doc__, COMMANDS, argv)


if __name__ == "__main__":
    sys.exit(main())
