"""What was taught, kept from visit to visit, and the same in all tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from .errors import PageError
from .taught import Taught, TaughtDrawing
from .taught_file import TaughtFileError, drawing_from_text, drawing_to_text
from .teacher import Teacher

FORGETFUL = "This browser will forget them when the page is closed. {}"
NOT_FORGOTTEN = "The browser could not delete what it kept. {}"
DAMAGED = "Kept drawings that are damaged and were left out: {}."


class StoreError(PageError):
    """The browser does not keep anything for this page, or not now."""


class Store(Protocol):
    """Keeps texts, each under a number that it gives them; raises StoreError."""

    async def load(self) -> dict[int, str]:
        """All of them, in the order in which they were added."""

    async def change(self, gone: Sequence[int], added: Sequence[str]) -> list[int]:
        """Deletes some and adds others, all or nothing; the numbers of those that were added."""

    async def delete(self) -> None:
        """Leaves no trace."""


class Tabs(Protocol):
    """The other tabs with this page."""

    def tell(self) -> None:
        """Tells them that what is kept has changed."""

    def on_told(self, handler: Callable[[], None]) -> None:
        """Calls `handler` when one of them tells."""


class Keeper:
    """Writes what is taught here, and reads what was taught elsewhere, one after the other.

    `remark` is given a sentence where that does not work, and an empty one where it does.
    """

    def __init__(
        self,
        teacher: Teacher,
        store: Store,
        tabs: Tabs,
        run: Callable[..., None],
        remark: Callable[[str], None],
    ):
        self._teacher, self._store, self._tabs = teacher, store, tabs
        self._run, self._remark = run, remark
        self._kept: dict[int, TaughtDrawing] = {}
        self._has_more = self._has_changed = self._is_busy = False

    def begin(self) -> None:
        """From now on what is taught is kept; what was kept is taught."""
        self._teacher.on_taught(self._changed)
        self._tabs.on_told(self._more)
        self._more()

    def _changed(self) -> None:
        self._has_changed = True
        self._run(self._work)

    def _more(self) -> None:
        self._has_more = True
        self._run(self._work)

    async def _work(self) -> None:
        if self._is_busy:
            return
        self._is_busy = True
        try:
            while self._has_changed or self._has_more:
                if self._has_changed:
                    self._has_changed = False
                    await self._write(self._teacher.taught)
                else:
                    self._has_more = False
                    await self._read()
        finally:
            self._is_busy = False

    async def _write(self, taught: Taught) -> None:
        """Only what has changed: another tab may have added drawings that are not known yet."""
        gone = [number for number, drawing in self._kept.items() if drawing not in taught]
        added = self._unkept(taught)
        if not gone and not added:
            return
        try:
            if taught:
                await self._replace(gone, added)
            else:
                await self._store.delete()
                self._kept = {}
        except StoreError as error:
            self._remark((FORGETFUL if taught else NOT_FORGOTTEN).format(error))
            return
        self._remark("")
        self._tabs.tell()

    async def _replace(self, gone: Sequence[int], added: Sequence[TaughtDrawing]) -> None:
        texts = [drawing_to_text(drawing) for drawing in added]
        numbers = await self._store.change(gone, texts)
        for number in gone:
            del self._kept[number]
        self._kept |= dict(zip(numbers, added, strict=True))

    async def _read(self) -> None:
        """What is kept, and after it what is known only here. Where something was taught meanwhile,
        that is written first."""
        try:
            texts = await self._store.load()
        except StoreError:
            return  # told when there is something to keep
        if self._has_changed:
            self._has_more = True
            return
        unkept = self._unkept(self._teacher.taught)
        self._kept = _parsed(texts)
        self._teacher.replace(Taught().with_all([*self._kept.values(), *unkept]))
        if len(self._kept) < len(texts):
            self._remark(DAMAGED.format(len(texts) - len(self._kept)))

    def _unkept(self, taught: Taught) -> list[TaughtDrawing]:
        kept = set(self._kept.values())
        return [drawing for drawing in taught if drawing not in kept]


def _parsed(texts: dict[int, str]) -> dict[int, TaughtDrawing]:
    """Those that can be read."""
    kept = {}
    for number, text in texts.items():
        try:
            kept[number] = drawing_from_text(text)
        except TaughtFileError:
            continue
    return kept
