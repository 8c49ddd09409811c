"""`python -m training` on the tiny data set instead of MNIST, for tests of the command as a
process."""

import sys

from training import __main__ as command

from .tiny_mnist import tiny_mnist

if __name__ == "__main__":
    command.load_mnist = lambda folder=None: tiny_mnist()
    sys.exit(command.main())
