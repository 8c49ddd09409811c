"""A checkout has the bytes that were committed, whatever the person's git converts by default."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from export.publish.site_files import ROOT

# Git for Windows sets the first; the second makes git convert on every system as it does there.
WINDOWS = ("-c", "core.autocrlf=true", "-c", "core.eol=crlf")
# Bytes in which git sees a text: no zero among them that gives data away.
TEXT_LIKE = b"8\n9\n10\n"

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(*arguments, **environ):
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for name in ("AUTHOR", "COMMITTER"):
        own |= {f"GIT_{name}_NAME": "Test", f"GIT_{name}_EMAIL": "test@localhost"}
    done = subprocess.run(
        ["git", *map(str, arguments)],
        env={**os.environ, **own, **environ},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """A repository of its own that holds the project's files as they are in this tree now."""
    repository = tmp_path_factory.mktemp("committed") / "repository.git"
    git("init", "--quiet", "--bare", repository)
    into = {"GIT_DIR": str(repository), "GIT_WORK_TREE": str(ROOT)}
    git("-C", ROOT, *WINDOWS, "add", "--all", ".", **into)
    git("-C", ROOT, "commit", "--quiet", "--message", "As it is", **into)
    return repository


@pytest.fixture(scope="module")
def checkout(committed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows") / "checkout"
    git(*WINDOWS, "clone", "--quiet", committed, folder)
    return folder


def files(folder: Path) -> list[str]:
    return git("-C", folder, "ls-files", "-z").split("\0")[:-1]


def test_a_checkout_of_git_for_windows_has_every_byte_as_committed(checkout):
    names = files(checkout)
    assert {"Makefile", ".ci/run", "site/package-lock.json", "site/models/cnn/net.js"} <= set(names)
    assert [n for n in names if (checkout / n).read_bytes() != (ROOT / n).read_bytes()] == []


def test_the_models_of_such_a_checkout_fit_their_digests(checkout):
    models = checkout / "site/models"
    entries = json.loads((models / "index.json").read_text())
    for entry in entries:
        for file, digest in (("net", "net_sha256"), ("weights", "sha256"), ("wasm", "wasm_sha256")):
            content = (models / entry[file]).read_bytes()
            if digest in entry:
                assert hashlib.sha256(content).hexdigest() == entry[digest], entry[file]


@pytest.mark.parametrize("name", [".ci/run", "Makefile"])
def test_what_a_shell_or_make_reads_has_no_carriage_returns(checkout, name):
    assert b"\r" not in (checkout / name).read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_script_of_the_ci_is_executable(checkout):
    assert os.access(checkout / ".ci/run", os.X_OK)


@pytest.mark.parametrize("name", ["t10k-labels-idx1-ubyte", "drawings.gz", "net.wasm"])
def test_data_that_a_person_commits_is_never_taken_for_text(checkout, tmp_path, name):
    (checkout / name).write_bytes(TEXT_LIKE)
    git("-C", checkout, *WINDOWS, "add", name)
    git("-C", checkout, "commit", "--quiet", "--message", "Data")
    git(*WINDOWS, "clone", "--quiet", checkout, tmp_path / "again")
    assert (tmp_path / "again" / name).read_bytes() == TEXT_LIKE


def test_a_net_js_with_other_line_ends_is_committed_as_its_digest_wants(checkout, tmp_path):
    """An export that wrote such line ends also took its digest from them."""
    net = checkout / "site/models/cnn/net.js"
    net.write_bytes(net.read_bytes().replace(b"\n", b"\r\n", 1))
    git("-C", checkout, *WINDOWS, "commit", "--all", "--quiet", "--message", "Models")
    git(*WINDOWS, "clone", "--quiet", checkout, tmp_path / "again")
    assert (tmp_path / "again/site/models/cnn/net.js").read_bytes() == net.read_bytes()
