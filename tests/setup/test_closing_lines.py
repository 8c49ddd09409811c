"""The last lines of a test run say what was skipped for want of MNIST."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.closing_lines import ADVICE

SUITE = "import pytest\ndef test_one(): pytest.skip({reason!r})\ndef test_two(): pass\n"


@pytest.mark.parametrize(
    "reason, said", [("MNIST cannot be had: no network", True), ("not on this system", False)]
)
def test_a_skip_for_want_of_mnist_is_said_at_the_end(tmp_path, reason, said):
    (tmp_path / "test_it.py").write_text(SUITE.format(reason=reason))
    done = subprocess.run(
        (
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.support.closing_lines",
            "--rootdir",
            tmp_path,
            tmp_path,
        ),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
    )
    notice = f"Tests skipped for want of it: 1. {ADVICE}"
    lines = done.stdout.rstrip().splitlines()
    assert done.returncode == 0 and "1 passed, 1 skipped" in lines[-1]
    assert (notice in lines[-3:]) == said
