"""What a run folder says about the code and the machine that trained its weights."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from training.evaluation.summary import sessions
from training.fit.provenance import Session, checkout
from training.fit.runs import RunError, RunFolder


@pytest.fixture
def repository(tmp_path) -> Path:
    """A git checkout of one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "file").write_text("content")
    git(folder, "init", "--quiet")
    git(folder, "add", "file")
    git(folder, "commit", "--quiet", "--message", "one")
    return folder


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    return subprocess.run(
        ("git", "-C", folder, *identity, *arguments), capture_output=True, text=True, check=True
    ).stdout.strip()


def test_the_commit_of_a_clean_checkout_is_named(repository):
    assert checkout(repository) == (git(repository, "rev-parse", "HEAD"), False)


@pytest.mark.parametrize("name", ["file", "another"])
def test_a_checkout_with_changed_or_new_files_is_dirty(repository, name):
    (repository / name).write_text("changed")
    assert checkout(repository) == (git(repository, "rev-parse", "HEAD"), True)


def test_ignored_files_do_not_make_a_checkout_dirty(repository):
    (repository / ".git" / "info" / "exclude").write_text("runs/\n")
    (repository / "runs").mkdir()
    (repository / "runs" / "weights").write_text("")
    assert checkout(repository)[1] is False


def test_the_commit_of_a_repository_around_the_code_is_not_taken_for_its_own(repository):
    (repository / "site-packages").mkdir()
    assert checkout(repository / "site-packages") == (None, False)


def test_a_folder_without_repository_or_a_repository_without_commit_has_no_commit(tmp_path):
    assert checkout(tmp_path) == (None, False)
    git(tmp_path, "init", "--quiet")
    assert checkout(tmp_path) == (None, False)


def test_without_git_there_is_no_commit(repository, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    assert checkout(repository) == (None, False)


def test_a_damaged_record_is_named_and_a_missing_one_is_empty(tmp_path):
    run = RunFolder(tmp_path)
    assert run.sessions() == []
    run.provenance.write_text("[{")
    with pytest.raises(RunError, match=r"provenance.json is damaged .* Remove it."):
        run.sessions()


def test_the_evaluation_prints_a_line_for_each_session():
    first = Session(
        step=0,
        date="2026-01-02T03:04:05+00:00",
        commit="0123456789abcdef",
        dirty=True,
        versions={"python": "3.11.7", "tinygrad": "0.14.0"},
        device="CUDA (sm_90)",
    )
    second = replace(first, step=1200, commit=None, dirty=False)
    lines = [*sessions({"provenance": [first.to_json(), second.to_json()]})]
    assert lines == [
        "  trained on CUDA (sm_90) at 2026-01-02T03:04:05+00:00:"
        " commit 0123456789 with changes; python 3.11.7, tinygrad 0.14.0",
        "  resumed at step 1,200 on CUDA (sm_90) at 2026-01-02T03:04:05+00:00:"
        " no git checkout; python 3.11.7, tinygrad 0.14.0",
    ]
    assert [*sessions({"provenance": []})] == [
        "  this run did not record its commit, versions and device"
    ]
