"""Puts another version of the page in the place of the one that runs, or leaves that as it is."""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Callable, Mapping
from typing import Protocol

from .faults import Fault, fault_of
from .lifetime import Lifetime
from .modules import Modules, Sources, run_main

NOT_STARTED = "main.py has ended, and has not told by live.started(...) that the page runs"


class Version(Protocol):
    """What a main script has connected."""

    def keep(self) -> str:
        """What the next version goes on with."""

    async def prove(self) -> None:
        """Raises what goes wrong in a first answer."""


class Exchange:
    """Runs one version of the page at a time; `sources` are its texts.

    `hand_over` is given what the version before has kept, for the main script to find.
    `lifetime` gives that of the modules which are imported now.
    """

    def __init__(
        self,
        modules: Modules,
        sources: Sources,
        hand_over: Callable[[str], None],
        lifetime: Callable[[], Lifetime],
    ):
        self._modules, self.sources = modules, sources
        self._hand_over, self._lifetime = hand_over, lifetime
        self._version: Version | None = None
        self._turn = Lock()

    def started(self, version: Version) -> None:
        """Called by a main script at its end."""
        self._version = version

    async def change(self, changes: Mapping[str, str | None]) -> Fault | None:
        """Runs the page with other texts; where they have a fault the version before goes on."""
        async with self._turn:
            sources = self.sources.changed(changes)
            try:
                sources.compile()
                await self._exchange(sources)
            except Exception as error:
                return fault_of(error, sources.texts)
            self.sources = sources
            return None

    async def _exchange(self, sources: Sources) -> None:
        version, lifetime = self._running(), self._lifetime()
        kept = version.keep()
        try:
            with self._modules.exchanged(sources):
                lifetime.end()
                await self._begin(sources, kept)
        except BaseException:
            if lifetime.is_over:
                with self._modules.exchanged(self.sources):
                    await self._begin(self.sources, kept)
            raise

    def _running(self) -> Version:
        if self._version is None:
            raise RuntimeError(NOT_STARTED)
        return self._version

    async def _begin(self, sources: Sources, kept: str) -> None:
        self._version = None
        self._hand_over(kept)
        try:
            await run_main(sources)
            await self._running().prove()
        except BaseException:
            self._lifetime().end()
            raise
