"""`python -m tests.check`: what can be said of the code without running it.

Style and layout (ruff), types (mypy; the page's modules by themselves, as they call `core` what the
others call `py_frontend.core`), types of the page's JavaScript (TypeScript), and the workflows
(zizmor).
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent


@dataclass(frozen=True)
class Check:
    """A command, and the folder that it runs in."""

    command: tuple[str, ...]
    folder: str = "."

    @property
    def line(self) -> str:
        return " ".join(self.command)

    def passes(self) -> bool:
        """Runs it; what it finds goes to the output."""
        path = os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", os.defpath)])
        program = shutil.which(self.command[0], path=path)
        if program is None:
            print(f"{self.command[0]} is not installed. Run: python -m export.setup check")
            return False
        done = subprocess.run(
            (program, *self.command[1:]), cwd=ROOT / self.folder, env={**os.environ, "PATH": path}
        )
        return done.returncode == 0


CHECKS = (
    Check(("ruff", "check", "--quiet", ".")),
    Check(("ruff", "format", "--quiet", "--check", ".")),
    Check(("mypy", "--no-error-summary")),
    Check(
        (
            "mypy",
            "--no-error-summary",
            "--config-file=../pyproject.toml",
            "--disable-error-code=top-level-await",  # PyScript awaits there
            "main.py",
            "browser",
        ),
        "py_frontend",
    ),
    Check(("npx", "--no-install", "tsc", "-p", "jsconfig.json"), "site"),
    Check(("zizmor", "--offline", "--quiet", "--strict-collection", ".github/workflows")),
    Check(("npx", "--no-install", "tsc", "-p", "jsconfig.worker.json"), "site"),
)


def main() -> int:
    """Runs all checks, whatever the ones before found; gives the exit status."""
    failed = []
    for check in CHECKS:
        print(f"{check.line} ...", flush=True)
        if not check.passes():
            failed.append(check.line)
    print(f"Failed: {'; '.join(failed)}" if failed else f"All {len(CHECKS)} checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
