"""The bundle, which is written once for all tests of it."""

import subprocess
import sys

import pytest

from export.publish.site_files import ROOT


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The real bundle, two folders below the root of what a web server would publish, and what the
    command said; without any package of pip's."""
    out = tmp_path_factory.mktemp("host") / "a folder/é"
    command = (sys.executable, "-S", "-m", "export", "site", "--quick", "--out", str(out))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return out, done.stdout


@pytest.fixture(scope="session")
def site(published):
    return published[0]
