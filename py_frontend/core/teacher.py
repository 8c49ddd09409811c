"""What a person has taught, and what each model has learned of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from .catalog import ModelEntry
from .errors import PageError
from .latest import LatestOnly
from .learning import Learned
from .pupil import Pupil, Studied
from .strokes import Stroke
from .taught import Taught, TaughtDrawing

Run = Callable[..., None]


class Teacher:
    """Has the models learn, each when it is first used after something was taught.

    `run` starts a coroutine function in the background and tells the person when it fails; what was
    taught stays, and is learned at the next correction or when the model is chosen again.
    """

    def __init__(self, pupil_of: Callable[[ModelEntry], Pupil], run: Run):
        self._pupil_of, self._run = pupil_of, run
        self._classes: dict[str, _Class] = {}
        self._on_taught: list[Callable[[], None]] = []
        self._on_learned: list[Callable[[], None]] = []
        self.taught = Taught()

    def on_taught(self, handler: Callable[[], None]) -> None:
        """Calls `handler` when other drawings are taught than before."""
        self._on_taught.append(handler)

    def on_learned(self, handler: Callable[[], None]) -> None:
        """Calls `handler` when a model may read otherwise than before."""
        self._on_learned.append(handler)

    def prepare(self, model: ModelEntry) -> None:
        """A correction of this model may come soon."""
        self._run(self._class_of(model).prepare)

    def teach(self, model: ModelEntry, strokes: tuple[Stroke, ...], label: int) -> None:
        """`model` is one that is to learn it at once."""
        self._class_of(model)
        self.replace(self.taught.with_(TaughtDrawing(strokes, label)))

    def take_back(self, strokes: tuple[Stroke, ...]) -> None:
        self.replace(self.taught.without(strokes))

    def forget(self) -> None:
        self.replace(Taught())

    def replace(self, taught: Taught) -> None:
        """From now on these drawings are taught, and no others."""
        if taught == self.taught:
            return
        self.taught = taught
        _call(self._on_taught)
        if not taught:
            self._classes.clear()
            _call(self._on_learned)
        for one in self._classes.values():
            self._run(one.learn, taught)

    def studied(self, model: ModelEntry) -> Studied | None:
        """What a model has learned by now; None where that is nothing."""
        if not self.taught:
            return None
        return self._class_of(model).studied

    def learned(self, model: ModelEntry) -> Learned | None:
        """The same, of a model that is about to read; it learns what it has not learned yet."""
        if not self.taught:
            return None
        one = self._class_of(model)
        if not one.has_begun:
            self._run(one.learn, self.taught)
        return one.studied.learned if one.studied else None

    def retry(self, model: ModelEntry) -> None:
        """Has a model learn what it failed to learn."""
        one = self._classes.get(model.sha256)
        if one and (one.studied is None or one.studied.taught is not self.taught):
            self._run(one.learn, self.taught)

    def _class_of(self, model: ModelEntry) -> _Class:
        key = model.sha256
        if key not in self._classes:
            self._classes[key] = _Class(self._pupil_of(model), lambda: _call(self._on_learned))
        return self._classes[key]


class _Class:
    """One pupil, which studies one set of drawings at a time, the newest next."""

    def __init__(self, pupil: Pupil, on_learned: Callable[[], None]):
        self._pupil = pupil
        self._latest: LatestOnly[Taught, Studied] = LatestOnly(pupil.study, self._show)
        self._on_learned = on_learned
        self.has_begun = False
        self.studied: Studied | None = None

    async def prepare(self) -> None:
        """What fails here fails again, and is told, when something is taught."""
        with suppress(PageError):
            await self._pupil.prepare()

    async def learn(self, taught: Taught) -> None:
        self.has_begun = True
        await self._latest.submit(taught)

    def _show(self, studied: Studied) -> None:
        self.studied = studied
        self._on_learned()


def _call(handlers: Sequence[Callable[[], None]]) -> None:
    for handler in handlers:
        handler()
