"""`python -m export model|renew|site|serve`: export a network, write the static bundle, serve the page."""
import sys
from argparse import ArgumentParser

from . import bundle, model, renew, serve

# Each module defers its heavy imports to run(), so that serving needs no installed package.
COMMANDS = (model, renew, bundle, serve)


def main(argv: list[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m export", description=__doc__, allow_abbrev=False)
    subparsers = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        command.add_parser(subparsers)
    args = parser.parse_args(argv)
    return args.run(args)


if __name__ == "__main__":
    sys.exit(main())
