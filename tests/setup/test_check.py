"""`python -m tests.check` runs every check and names what failed; `.ci/run` fails with any."""

import os
import re
import subprocess
import sys

import pytest

from export.publish.site_files import ROOT
from tests import check
from tests.check import Check

PASSES, FAILS = (Check((sys.executable, "-c", f"raise SystemExit({status})")) for status in (0, 1))
SUMMARY = "== 2 passed in 1.00s =="


@pytest.mark.parametrize("checks, status", [([PASSES, PASSES], 0), ([FAILS, PASSES], 1)])
def test_the_status_tells_whether_any_check_failed(monkeypatch, capfd, checks, status):
    monkeypatch.setattr(check, "CHECKS", checks)
    assert check.main() == status
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in lines if line.endswith(" ...")] == [f"{c.line} ..." for c in checks]
    assert lines[-1] == (f"Failed: {FAILS.line}" if status else "All 2 checks passed.")


def test_what_a_check_finds_is_shown(monkeypatch, capfd):
    script = "import sys; print('found'); print('more', file=sys.stderr); raise SystemExit(1)"
    monkeypatch.setattr(check, "CHECKS", [Check((sys.executable, "-c", script)), PASSES])
    assert check.main() == 1
    assert {"found", "more"} <= set(capfd.readouterr().out.splitlines())


def test_a_program_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    passed, found = Check(("absent", "--now")).outcome()
    assert not passed
    assert "absent is not installed. Run: python -m export.setup check" in found


@pytest.mark.parametrize("checked", [0, 1])
@pytest.mark.parametrize("tested", [0, 1])
def test_a_run_of_ci_fails_with_any_part_and_ends_in_the_summary_of_the_tests(
    tmp_path, checked, tested
):
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_bytes((ROOT / ".ci" / "run").read_bytes())
    set_up = tmp_path / "export" / "setup" / "__main__.py"
    set_up.parent.mkdir(parents=True)
    set_up.write_text("")
    (tmp_path / "Makefile").write_text(
        f"check:\n\t@echo checking; exit {checked}\n"
        f"test:\n\t@echo testing; echo '{SUMMARY}'; exit {tested}\n"
    )
    done = subprocess.run(
        ("bash", tmp_path / ".ci/run"), capture_output=True, text=True, env=os.environ
    )
    lines = done.stdout.splitlines()
    assert {"checking", "testing"} <= set(lines) and lines[-1] == SUMMARY
    assert (done.returncode == 0) == (checked == tested == 0)
    assert bool(re.search("make check failed", done.stdout)) == bool(checked)


def test_ci_is_executable():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
