"""`python -m training` on the tiny data set instead of MNIST, for tests of the command as a
process."""

import os
import sys
from pathlib import Path

from training import __main__ as command

from .compiling import compiling_together
from .programs import FOLDER, share
from .tiny_mnist import tiny_mnist

if __name__ == "__main__":
    share(Path(os.environ[FOLDER]))
    command.load_mnist = lambda folder=None: tiny_mnist()
    with compiling_together():
        sys.exit(command.main())
