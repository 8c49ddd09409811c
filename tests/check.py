"""`python -m tests.check`: what can be said of the code without running it.

Style and layout (ruff), types (mypy; the page's modules by themselves, as they call `core` what the
others call `py_frontend.core`), types of the page's JavaScript (TypeScript), and the workflows
(zizmor). All run side by side, as the longest takes as long as the others together.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Where programs are that set-up installs.
SCRIPTS = (Path(sys.executable).parent, ROOT / "site/node_modules/.bin")


@dataclass(frozen=True)
class Check:
    """A command, and the folder that it runs in."""

    command: tuple[str, ...]
    folder: str = "."

    @property
    def line(self) -> str:
        return " ".join(self.command)

    def outcome(self) -> tuple[bool, str]:
        """Runs it: whether it passes, and what it finds."""
        path = os.pathsep.join([*map(str, SCRIPTS), os.environ.get("PATH", os.defpath)])
        program = shutil.which(self.command[0], path=path)
        if program is None:
            return False, f"{self.command[0]} is not installed. Run: python -m export.setup check\n"
        done = subprocess.run(
            (program, *self.command[1:]),
            cwd=ROOT / self.folder,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        return done.returncode == 0, done.stdout


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
    Check(("tsc", "-p", "jsconfig.json"), "site"),
    Check(("zizmor", "--offline", "--quiet", "--strict-collection", ".github/workflows")),
    Check(("tsc", "-p", "jsconfig.worker.json"), "site"),
)


def main() -> int:
    """Runs all checks, whatever the ones before found; gives the exit status."""
    failed = []
    with ThreadPoolExecutor() as threads:
        for check, outcome in [(check, threads.submit(check.outcome)) for check in CHECKS]:
            print(f"{check.line} ...", flush=True)
            passed, found = outcome.result()
            print(found, end="")
            if not passed:
                failed.append(check.line)
    print(f"Failed: {'; '.join(failed)}" if failed else f"All {len(CHECKS)} checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
