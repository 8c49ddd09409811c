"""`python -m export model|renew|abstention|extras|neighbours|learning|misread|styles|site|serve`:
export networks, compile the style sheet, write the static bundle, serve the page."""

import sys

from .commands import run_command
from .compile import abstention, extras, learning, misread, model, neighbours, renew
from .publish import bundle, serve, styles

# Each module defers its heavy imports to run(), so that serving needs no installed package.
COMMANDS = (model, renew, abstention, extras, neighbours, learning, misread, styles, bundle, serve)


def main(argv: list[str] | None = None) -> int:
    return run_command("python -m export", __doc__, COMMANDS, argv)


if __name__ == "__main__":
    sys.exit(main())
