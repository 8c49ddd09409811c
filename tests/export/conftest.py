"""The bundle, which is written once for all tests of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from export.publish.site_files import ROOT
from tests.support.turns import one_at_a_time


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The real bundle, two folders below the root of what a web server would publish, and what the
    command said; without any package of pip's. Made by the first worker of a run that needs it."""
    folder = folder_of_run(tmp_path_factory)
    out, said = folder / "host/a folder/é", folder / "said"
    with one_at_a_time(folder / "lock"):
        if not said.exists():
            command = (sys.executable, "-S", "-m", "export", "site", "--quick", "--out", str(out))
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            said.write_text(done.stdout)
    return out, said.read_text()


@pytest.fixture(scope="session")
def site(published):
    return published[0]


def folder_of_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of a run share, where there are several and one can wait for
    another."""
    if "PYTEST_XDIST_WORKER" not in os.environ or sys.platform == "win32":
        return tmp_path_factory.mktemp("bundle")
    folder = tmp_path_factory.getbasetemp().parent / "bundle"
    folder.mkdir(exist_ok=True)
    return folder
