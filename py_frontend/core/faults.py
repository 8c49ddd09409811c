"""Where an edit went wrong: the file, the line, the line itself and what Python says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from traceback import walk_tb


@dataclass(frozen=True)
class Fault:
    """An error at a line of the page's own code; `line` is 0 where no line is at fault."""

    path: str
    line: int
    source: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}, line {self.line}" if self.line else self.path
        return "\n".join(filter(None, [f"{place}: {self.message}", self.source.strip()]))


def fault_of(error: BaseException, texts: Mapping[str, str]) -> Fault:
    """The last line of these files that the error came through; `texts` has them by path."""
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename and error.filename in texts:
        message = f"{type(error).__name__}: {error.msg}"
        return _fault(error.filename, error.lineno or 0, texts, message)
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    own = [(path, line) for path, line in frames if path in texts]
    path, line = own[-1] if own else ("main.py", 0)
    return _fault(path, line, texts, message)


def _fault(path: str, line: int, texts: Mapping[str, str], message: str) -> Fault:
    lines = texts.get(path, "").splitlines()
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    return Fault(path, line, source, message)
