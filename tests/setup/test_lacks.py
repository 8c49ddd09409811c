"""What a machine or its environment lacks is said in a sentence by every command, and never shown
as a traceback."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from export.publish.site_files import ROOT

TRAIN = ("training", "train", "--model", "mlp", "--preset", "quick", "--steps", "1")
EXPORT = ("export", "model", "runs/none")
RENEW = ("export", "renew")
TUNE = ("export.tune", "candidates", "none.json")
BENCH = ("tests.bench", "training")
TESTS = ("pytest", "-q", "-p", "no:cacheprovider", str(ROOT / "tests/training/test_models.py"))
COMMANDS = (TRAIN, EXPORT, RENEW, TUNE, BENCH, TESTS)
MEANT_FOR_TINYGRAD = {"DEV", "PARALLEL", "CACHEDB", "CACHELEVEL"}


def run(folder: Path, command, python: str = sys.executable, **environ: str):
    """A command as a person starts it, in `folder`, with nothing in the environment that the test
    run itself put there."""
    kept = {name: value for name, value in os.environ.items() if name not in MEANT_FOR_TINYGRAD}
    return subprocess.run(
        (python, "-m", *command),
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
    )


def sentence(done) -> str:
    """What a command said that ended for a lack."""
    said = done.stdout + done.stderr
    assert done.returncode not in (0, None), said
    assert "Traceback" not in said and "invalid literal" not in said
    return said


def starts_with_name(command) -> str:
    return " ".join(command[:2])


@pytest.mark.parametrize("command", COMMANDS, ids=starts_with_name)
def test_a_variable_that_tinygrad_cannot_read_is_named(tmp_path, command):
    said = sentence(run(tmp_path, command, DEBUG="much"))
    assert "DEBUG=much in the environment: tinygrad wants a number. Unset DEBUG." in said


@pytest.mark.parametrize("name", ["NULL", "PYTHON", "CUDA"])
def test_a_variable_that_once_chose_the_device_is_replaced_by_the_one_that_does(tmp_path, name):
    said = sentence(run(tmp_path, TRAIN, **{name: "1"}))
    assert f"{name}=1 chooses no device any more. Set DEV={name} instead." in said


def test_variables_that_mean_something_else_are_put_aside_and_spoken_of(tmp_path):
    """PYTHON is what many builds call the interpreter."""
    others = {"PYTHON": sys.executable, "CPU": "x", "CL": "cl.exe"}
    done = run(tmp_path, ("training", "report", "--sweeps", "none"), **others)
    for name, value in others.items():
        assert f"Note: {name}={value} chooses no device" in done.stderr
    assert "Error: " in sentence(done) and "invalid" not in done.stderr


def test_they_are_left_alone_where_DEV_chooses(tmp_path):
    done = run(tmp_path, ("training", "--help"), DEV="CPU", PYTHON="x", NULL="1")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("FOO", "tinygrad has no device DEV=FOO. It has AMD, "),
        ("AMD", "tinygrad cannot compute on DEV=AMD: "),
        ("CPU:FOO", "CPU has no renderer 'FOO'"),
        ("CPU:A:B:C", "too many ':'"),
        ("NULL", "tinygrad cannot compute on DEV=NULL: no copyout on NULL. "),
    ],
)
def test_a_device_that_the_machine_lacks_is_named(tmp_path, device, expected):
    said = sentence(run(tmp_path, TRAIN, DEV=device))
    assert expected in said and "Set DEV to a device that this machine has" in said


@pytest.mark.parametrize("command", [EXPORT, RENEW, BENCH, TESTS], ids=starts_with_name)
def test_every_command_that_computes_asks_the_device_first(tmp_path, command):
    assert "tinygrad has no device DEV=FOO" in sentence(run(tmp_path, command, DEV="FOO"))


@pytest.mark.parametrize("device", [{}, {"DEV": "CPU"}], ids=["any device", "CPU"])
def test_a_machine_without_a_compiler_is_told_how_to_get_one(tmp_path, device):
    said = sentence(run(tmp_path, TRAIN, PATH=str(tmp_path), CACHELEVEL="0", **device))
    assert "sudo apt-get install clang" in said and "DEV=PYTHON computes" in said
    assert "such as DEV=CPU" not in said


COMPUTE = "from training.device import check_device; check_device(); print('computes')"


@pytest.mark.parametrize("name", ["XDG_CACHE_HOME", "CACHEDB"])
def test_without_a_place_for_its_cache_tinygrad_computes_all_the_same(tmp_path, name):
    (tmp_path / "file").touch()
    place = str(tmp_path / "file" / "cache")
    kept = {key: value for key, value in os.environ.items() if key not in MEANT_FOR_TINYGRAD}
    environ = kept | {"PYTHONPATH": str(ROOT), "DEV": "CPU", name: place}
    done = subprocess.run(
        (sys.executable, "-c", COMPUTE), cwd=tmp_path, env=environ, capture_output=True, text=True
    )
    assert done.stdout == "computes\n" and done.stderr.startswith("Note: tinygrad cannot keep")
    assert place in done.stderr and "XDG_CACHE_HOME names another" in done.stderr


def test_a_damaged_cache_is_done_without(tmp_path):
    (tmp_path / "cache.db").write_bytes(b"no database" * 500)
    environ = os.environ | {"PYTHONPATH": str(ROOT), "DEV": "CPU"}
    environ["CACHEDB"] = str(tmp_path / "cache.db")
    done = subprocess.run(
        (sys.executable, "-c", COMPUTE), cwd=tmp_path, env=environ, capture_output=True, text=True
    )
    assert done.stdout == "computes\n" and "not a database" in done.stderr


@pytest.mark.parametrize(
    "command",
    [("export", "site"), RENEW],
    ids=starts_with_name,
)
def test_a_place_that_cannot_be_written_is_named(tmp_path, command):
    if command[1] == "renew":
        shutil.copytree(ROOT / "site/models", tmp_path / "models")
        (tmp_path / "models/mlp").rename(tmp_path / "mlp")
        (tmp_path / "models/mlp").touch()
        out = tmp_path / "models"
    else:
        (tmp_path / "file").touch()
        out = tmp_path / "file" / "out"
    done = run(tmp_path, (*command, "--out", str(out)), DEV="CPU")
    assert f"Error: {out.parent}" in sentence(done)


def test_a_folder_without_models_is_not_renewed_in_silence(tmp_path):
    assert f"{tmp_path} holds no models" in sentence(run(tmp_path, (*RENEW, "--out", tmp_path)))


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory) -> str:
    """A Python in whose environment nothing is installed."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", folder), check=True)
    return str(
        next(folder.glob("bin/python*")) if os.name == "posix" else folder / "Scripts/python"
    )


@pytest.mark.parametrize(
    "command",
    [TRAIN, EXPORT, RENEW, TUNE, BENCH, ("tests.bench", "inference"), ("tests.latency",)],
    ids=starts_with_name,
)
def test_packages_that_are_not_installed_are_named(tmp_path, bare_python, command):
    said = sentence(run(tmp_path, command, python=bare_python))
    assert "tinygrad is not installed for" in said and "pip install -e" in said


def test_a_browser_that_is_not_there_is_named(tmp_path):
    said = sentence(run(tmp_path, ("tests.latency",), CHROMIUM=str(tmp_path / "none"), DEV="CPU"))
    assert "CHROMIUM names" in said


def test_set_up_that_cannot_write_says_where(tmp_path):
    script = f"""
from export.setup import plan

def full(machine, environment):
    raise OSError(28, "No space left on device", {str(tmp_path)!r})

plan.PLANS["serve"] = full
raise SystemExit(plan.main(["serve"]))
"""
    done = subprocess.run((sys.executable, "-c", script), cwd=ROOT, capture_output=True, text=True)
    said = sentence(done)
    assert "Set-up could not write in" in said and "No space left on device" in said
