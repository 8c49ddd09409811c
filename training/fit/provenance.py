"""Where a run's weights come from: the code, the versions and the machine of every session that
trained them."""

import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tinygrad import Device

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("tinygrad", "numpy")


@dataclass(frozen=True)
class Session:
    """One start of a run, new or resumed: from which step, when, and with what.

    `commit` is None outside of a git checkout; `dirty` means that files differed from it.
    """

    step: int
    date: str
    commit: str | None
    dirty: bool
    versions: dict[str, str]
    device: str

    @staticmethod
    def begun(step: int) -> "Session":
        """A session that starts now, after `step` steps."""
        commit, dirty = checkout(REPOSITORY)
        return Session(
            step=step,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            commit=commit,
            dirty=dirty,
            versions={"python": platform.python_version()}
            | {name: version(name) for name in PACKAGES},
            device=device_name(),
        )

    def to_json(self) -> dict:
        return asdict(self)


def checkout(folder: Path) -> tuple[str | None, bool]:
    """The commit that is checked out at `folder`, and whether files differ from it; (None, False)
    where `folder` is not the top of a git checkout."""
    try:
        if Path(git(folder, "rev-parse", "--show-toplevel")).resolve() != folder.resolve():
            return None, False
        return git(folder, "rev-parse", "HEAD"), bool(git(folder, "status", "--porcelain"))
    except (OSError, subprocess.CalledProcessError):
        return None, False


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ("git", "-C", folder, *arguments), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def device_name() -> str:
    """tinygrad's default device, with its architecture where it names one, such as CUDA (sm_90)."""
    arch = Device[Device.DEFAULT].arch
    return f"{Device.DEFAULT} ({arch})" if arch else Device.DEFAULT
