"""How many mutants the tests noticed, and those that they did not."""

from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

NOTICED = {"killed", "timeout", "segfault", "suspicious"}
LEFT_OUT = {"skipped", "not checked", "check was interrupted by user"}


@dataclass(frozen=True)
class Module:
    """A file, and what became of its mutants, by their names."""

    path: str
    outcomes: dict[str, str]

    @property
    def tried(self) -> int:
        return sum(outcome not in LEFT_OUT for outcome in self.outcomes.values())

    @property
    def noticed(self) -> int:
        return sum(outcome in NOTICED for outcome in self.outcomes.values())

    @property
    def survivors(self) -> dict[str, str]:
        return {
            name: outcome
            for name, outcome in self.outcomes.items()
            if outcome not in NOTICED | LEFT_OUT
        }


def read(folder: Path) -> list[Module]:
    """The modules that mutmut has mutated in `folder`, by path."""
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.stats import status_by_exit_code
    from mutmut.utils.file_utils import walk_mutatable_files

    modules = []
    with chdir(folder):
        for path in sorted(walk_mutatable_files()):
            data = SourceFileMutationData(path=path)
            data.load()
            outcomes = {name: status_by_exit_code[of] for name, of in data.exit_code_by_key.items()}
            modules.append(Module(path.as_posix(), outcomes))
    return [module for module in modules if module.outcomes]


def table(modules: list[Module]) -> str:
    """A line for each module, and one for all."""
    rows = [(module.path, module.tried, module.noticed) for module in modules if module.tried]
    rows.append(("together", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    return "\n".join(
        f"{path:44}{noticed:6} of {tried:5} noticed{noticed / tried if tried else 0:9.1%}"
        for path, tried, noticed in rows
    )


def survivors(folder: Path, modules: list[Module]) -> Iterator[str]:
    """Each mutant that no test noticed, as a diff."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    with chdir(folder):
        for module in modules:
            for name, outcome in module.survivors.items():
                yield f"{name}: {outcome}\n{get_diff_for_mutant(name)}\n"
