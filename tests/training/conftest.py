"""What holds for every test of training: kernels are compiled as they are written, many at once."""

import pytest
from tinygrad import Context

from tests.support.compiling import compiling_together


@pytest.fixture(scope="module", autouse=True)
def unoptimised_kernels():
    """To optimise loops for networks this small takes tinygrad far longer than to run them as they
    are. Of a module, so that tests of export keep the kernels that are shipped."""
    with Context(NOOPT=1):
        yield


@pytest.fixture(scope="module", autouse=True)
def kernels_compiled_together():
    with compiling_together():
        yield
