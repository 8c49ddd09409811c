"""The page's modules as they are imported now, and others in their place: all of them or none."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import CodeType, CoroutineType, ModuleType
from typing import Any

MAIN = "main.py"


class Sources:
    """The texts of the page's files by path. Each text is compiled once, whichever version of the
    page it is part of."""

    def __init__(
        self,
        texts: Mapping[str, str],
        compiled: dict[tuple[str, str], CodeType] | None = None,
    ):
        self.texts = dict(texts)
        self._compiled = {} if compiled is None else compiled

    def changed(self, changes: Mapping[str, str | None]) -> Sources:
        """With other texts; None takes a file away."""
        texts = {**self.texts, **changes}
        kept = {path: text for path, text in texts.items() if text is not None}
        return Sources(kept, self._compiled)

    @property
    def names(self) -> dict[str, str]:
        """The path of each module but the main one, by the module's name."""
        return {_name(path): path for path in sorted(self.texts) if path != MAIN}

    def code(self, path: str) -> CodeType:
        """Raises SyntaxError."""
        key = path, self.texts[path]
        if key not in self._compiled:
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if path == MAIN else 0
            self._compiled[key] = compile(self.texts[path], path, "exec", flags, dont_inherit=True)
        return self._compiled[key]

    def compile(self) -> None:
        """Raises SyntaxError, before anything is run."""
        for path in self.texts:
            self.code(path)
        for outdated in self._compiled.keys() - self.texts.items():
            del self._compiled[outdated]


class _Finder(MetaPathFinder, InspectLoader):
    """Finds the modules of `packages` in sources, and lets no other finder look for them."""

    def __init__(self, sources: Sources, packages: tuple[str, ...]):
        self._sources, self._names, self._packages = sources, sources.names, packages

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in self._packages:
            return None
        if fullname not in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return spec_from_loader(fullname, self, origin=self._names[fullname])

    def is_package(self, fullname: str) -> bool:
        return self._names[fullname].endswith("__init__.py")

    def get_source(self, fullname: str) -> str:
        return self._sources.texts[self._names[fullname]]

    def get_code(self, fullname: str) -> CodeType:
        return self._sources.code(self._names[fullname])


class Modules:
    """The imported modules of `packages`. Those named in `kept` belong to no version of the page:
    they are the ones that exchange the others."""

    def __init__(self, packages: tuple[str, ...], kept: tuple[str, ...]):
        self._packages, self._kept = packages, kept
        self._finder: _Finder | None = None

    @contextmanager
    def exchanged(self, sources: Sources) -> Iterator[None]:
        """Imports all sources as new modules. Whatever is raised, here or in the body of the
        `with`, brings back those from before."""
        finder, before = _Finder(sources, self._packages), self._remove()
        sys.meta_path.insert(0, finder)
        try:
            for name in sources.names:
                import_module(name)
            yield
        except BaseException:
            sys.meta_path.remove(finder)
            self._remove()
            sys.modules.update(before)
            raise
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        self._finder = finder

    def _remove(self) -> dict[str, ModuleType]:
        own = [name for name in sys.modules if self._is_exchanged(name)]
        return {name: sys.modules.pop(name) for name in own}

    def _is_exchanged(self, name: str) -> bool:
        return name.partition(".")[0] in self._packages and name not in self._kept


async def run_main(sources: Sources) -> None:
    """Runs the main script, which may await at its top level."""
    scope: dict[str, Any] = {"__name__": "__main__", "__file__": MAIN}
    result = eval(sources.code(MAIN), scope)
    if isinstance(result, CoroutineType):
        await result


def _name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
