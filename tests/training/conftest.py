"""What holds for every test of training: kernels are compiled as they are written."""

import pytest
from tinygrad import Context


@pytest.fixture(scope="module", autouse=True)
def unoptimised_kernels():
    """To optimise loops for networks this small takes tinygrad far longer than to run them as they
    are. Of a module, so that tests of export keep the kernels that are shipped."""
    with Context(NOOPT=1):
        yield
