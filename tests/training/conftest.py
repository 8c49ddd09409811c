"""What holds for every test of training: kernels are compiled as they are written, many at once."""

import pytest
from tinygrad import Context

from tests.support.compiling import compiling_together
from tests.support.tiny_mnist import shallow_mlp


@pytest.fixture(scope="module", autouse=True)
def unoptimised_kernels():
    """To optimise loops for networks this small takes tinygrad far longer than to run them as they
    are, and to check each form of their graphs takes longer still. Of a module, so that tests of
    export keep the kernels that are shipped, and tinygrad's checks."""
    with Context(NOOPT=1, SPEC=0):
        yield


@pytest.fixture(scope="module", autouse=True)
def kernels_compiled_together():
    with compiling_together():
        yield


@pytest.fixture(scope="module")
def shallow():
    """For tests of what a run does whatever its network."""
    with shallow_mlp():
        yield
