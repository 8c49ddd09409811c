"""`python -m tests.bench start|edit|engines|inference|training|firefox|pack|honesty`: time the
page, inference and training, try other engines, and check explanations."""

import sys
from importlib import import_module

from export.commands import ending_in_a_sentence, run_command

COMMANDS = (
    "start",
    "edit",
    "engines",
    "inference",
    "training",
    "firefox",
    "pack",
    "honesty",
)


def main(argv: list[str] | None = None) -> int:
    """Loads the one command that is asked for: where networks are trained there need be no browser,
    nor its packages."""
    argv = sys.argv[1:] if argv is None else argv
    wanted = [name for name in COMMANDS if name in argv[:1]] or COMMANDS
    with ending_in_a_sentence():
        commands = [import_module(f".{name}", __package__) for name in wanted]
    return run_command("python -m tests.bench", __doc__, commands, argv)


if __name__ == "__main__":
    sys.exit(main())
