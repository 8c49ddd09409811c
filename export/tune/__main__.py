"""`python -m export.tune candidates|choose`: write candidate schedules of the kernels; put the best
ones on record."""

import sys

from export.commands import run_command

from . import candidates, choose


def main(argv: list[str] | None = None) -> int:
    return run_command("python -m export.tune", __doc__, (candidates, choose), argv)


if __name__ == "__main__":
    sys.exit(main())
