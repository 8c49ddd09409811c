"""The bundle, which is written once for all tests of it."""

import pytest

from export import __main__


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The real bundle, two folders below the root of what a web server would publish."""
    out = tmp_path_factory.mktemp("host") / "a folder/é"
    assert __main__.main(["site", "--out", str(out)]) == 0
    return out
