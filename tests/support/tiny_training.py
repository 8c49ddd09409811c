"""`python -m training` on the tiny data set instead of MNIST and with one hidden layer, for tests
of the command as a process."""

import gc
import os
import sys
from pathlib import Path

from training import __main__ as command

from .compiling import compiling_together
from .programs import FOLDER, share
from .tiny_mnist import shallow_mlp, tiny_mnist

if __name__ == "__main__":
    gc.disable()  # as there is nearly none, and to look for it takes a quarter of the time
    share(Path(os.environ[FOLDER]))
    command.load_mnist = lambda folder=None: tiny_mnist()
    with compiling_together(), shallow_mlp():
        sys.exit(command.main())
