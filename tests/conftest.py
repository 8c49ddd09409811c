"""What holds for every test: tinygrad's device, MNIST, and what a run says at its end. No browser
is needed to import it."""

import gc
import os

# tinygrad reads this when it is first imported; the same device everywhere gives the same numbers
# everywhere.
os.environ.setdefault("DEV", "CPU")
# Kernels of tests are few and small: to start compiler processes costs more than they save.
os.environ.setdefault("PARALLEL", "0")
# And threads of numpy's matrix products wait for each other in loops where the machine is busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from training.device import DeviceError, check_device

# How long an example takes says more about the machine than about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

# tinygrad's compiler makes hundreds of thousands of objects that live on: to look for garbage among
# them at Python's usual pace takes a quarter of its time.
gc.set_threshold(100_000, 50, 100)

pytest_plugins = [
    "tests.support.browser",
    "tests.support.closing_lines",
    "tests.support.programs",
]


MAX_PROCESSES = 4  # each has a Chromium of its own


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers():
    """One process more than there are processors: while one waits for a page, another computes."""
    return min((yield) + 1, MAX_PROCESSES)


NEED_DEVICE = {"bench", "export", "runtime", "training"}  # folders of tests
QUICK = {"setup": 1, "core": 2}  # folders of tests that fill the end of a run, and their order


def pytest_collection_modifyitems(items):
    """What takes long begins first: processes that share a run then end at the same time."""
    items.sort(key=lambda item: QUICK.get(item.path.parent.name, 0))


def pytest_collection_finish(session):
    """Ends the run with a sentence where tinygrad cannot compute, instead of a traceback for each
    test."""
    if any(NEED_DEVICE & set(item.nodeid.split("/")) for item in session.items):
        try:
            check_device()
        except DeviceError as error:
            pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def mnist():
    """All of MNIST; skips where it cannot be had, but fails where MNIST_DIR names a folder without
    it."""
    from training.data.mnist import DataError, load_mnist

    try:
        return load_mnist()
    except DataError as error:
        if os.environ.get("MNIST_DIR"):
            raise
        pytest.skip(f"MNIST cannot be had: {error}")
