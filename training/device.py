"""What tinygrad needs of a machine: variables that it can read, a place for its cache, and a device
that computes. Where one is lacking a command ends with a sentence."""

import os
import sqlite3
import sys
from importlib.util import find_spec
from pathlib import Path
from traceback import walk_tb

from export.commands import ending_in_a_sentence

NO_CLANG = """clang is not on PATH, and tinygrad compiles for the CPU with it. Install it:
  Debian, Ubuntu: sudo apt-get install clang
  Fedora:         sudo dnf install clang
  macOS:          brew install llvm
  Windows:        winget install LLVM.LLVM
Without it DEV=PYTHON computes, very slowly."""
CHOOSE = "Set DEV to a device that this machine has, such as DEV=CPU, or unset it."


class DeviceError(SystemExit):
    """Ends the command, also where nobody catches it; the message says what to set or install."""

    def __init__(self, sentence: str):
        super().__init__(f"Error: {sentence}")


def check_environment() -> None:
    """Imports tinygrad, which reads variables of the environment then and later.

    Some that are called as its devices mean other things, such as PYTHON; they are put aside.
    """
    if not os.environ.get("DEV"):
        for name in _device_names():
            _check_device_variable(name)
    try:
        with ending_in_a_sentence():
            import tinygrad  # noqa: F401
    except ValueError as error:
        raise DeviceError(_unreadable(error)) from None
    except RuntimeError as error:
        raise DeviceError(f"DEV={os.environ.get('DEV')}: {error}. {CHOOSE}") from None


def check_device() -> None:
    """Adds two numbers on the device that the command is going to use."""
    from tinygrad import Tensor

    _do_without_cache_that_fails()
    try:
        found = (Tensor([1.0, 2.0]) + 1).tolist()
    except Exception as error:  # whatever a driver, a library or a compiler raises
        raise DeviceError(_no_device(error)) from None
    if found != [2.0, 3.0]:
        raise DeviceError(f"{_device()} computes [1, 2] + 1 = {found}. {CHOOSE}")


def _device_names() -> list[str]:
    """Of all devices that tinygrad has code for, whether or not this machine has them."""
    spec = find_spec("tinygrad")
    folders = (spec.submodule_search_locations if spec else None) or ()
    modules = [path for folder in folders for path in Path(folder, "runtime").glob("ops_*.py")]
    return sorted(path.stem.removeprefix("ops_").upper() for path in modules)


def _check_device_variable(name: str) -> None:
    """tinygrad fails on any value but a number, and refuses 1, which once chose the device."""
    value = os.environ.get(name)
    if value is None:
        return
    try:
        chosen = int(value) == 1
    except ValueError:
        del os.environ[name]
        note = f"Note: {name}={value} chooses no device for tinygrad; DEV={name} would."
        print(note, file=sys.stderr)
        return
    if chosen:
        raise DeviceError(f"{name}={value} chooses no device any more. Set DEV={name} instead.")


def _unreadable(error: ValueError) -> str:
    """Names the variable, which tinygrad's own message does not: where it failed it was reading
    `key`."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    name = frames[-1].f_locals.get("key")
    if not isinstance(name, str) or name not in os.environ:
        return f"tinygrad cannot be imported: {error}"
    return f"{name}={os.environ[name]} in the environment: tinygrad wants a number. Unset {name}."


def _do_without_cache_that_fails() -> None:
    from tinygrad import helpers

    try:
        helpers.diskcache_put("webgpu_digits", "written", True)
    except (OSError, sqlite3.Error) as error:
        helpers.CACHELEVEL.value = 0
        print(
            f"Note: tinygrad cannot keep compiled kernels in {helpers.CACHEDB} ({error}), so it "
            "compiles all of them now. XDG_CACHE_HOME names another folder for caches.",
            file=sys.stderr,
        )


def _device() -> str:
    return f"DEV={chosen}" if (chosen := os.environ.get("DEV")) else "the CPU"


def _no_device(error: Exception) -> str:
    if not os.environ.get("DEV"):
        error = _reason_of_cpu() or error
    if isinstance(error, ModuleNotFoundError) and "tinygrad.runtime.ops_" in str(error.name):
        return f"tinygrad has no device {_device()}. It has {', '.join(_device_names())}. {CHOOSE}"
    reasons = error.exceptions if isinstance(error, ExceptionGroup) else [error]
    sentences = "; ".join(dict.fromkeys(_in_words(reason).rstrip(".?") for reason in reasons))
    advice = "" if NO_CLANG.rstrip(".") in sentences else f" {CHOOSE}"
    return f"tinygrad cannot compute on {_device()}: {sentences}.{advice}"


def _in_words(error: Exception) -> str:
    if isinstance(error, FileNotFoundError) and error.filename == "clang":
        return NO_CLANG
    return str(error)


def _reason_of_cpu() -> Exception | None:
    """tinygrad says only that it found no device; the CPU, which every machine has, says why."""
    from tinygrad import Device

    try:
        Device["CPU"].synchronize()
    except Exception as error:
        return error
    return None
