"""The workflows in .github/ (zizmor checks the rest of them, in `make check`)."""

import re

import pytest

from export.publish.site_files import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_names_its_version(path):
    actions = re.findall(r"uses: (.*)", path.read_text())
    assert actions and [action for action in actions if not PINNED.fullmatch(action)] == []


def test_the_oldest_python_of_the_project_is_tested_on_every_system():
    workflow = (ROOT / ".github/workflows/test.yml").read_text()
    [oldest] = re.findall(r'requires-python = ">=(.*)"', (ROOT / "pyproject.toml").read_text())
    assert f'python: ["{oldest}"' in workflow
    assert all(system in workflow for system in ("ubuntu-", "windows-", "macos-"))
