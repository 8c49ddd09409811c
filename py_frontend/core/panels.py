"""What shows answers: each panel when it is open, and nothing while it is closed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from .catalog import ModelEntry
from .reader import Answer


class Panel(Protocol):
    """A part of the page that shows answers: the digit, the chart, or a panel that people open.

    A panel asks for nothing while it is closed: it is neither shown answers nor told of models. Its
    name is what links call it; empty where it cannot be closed.
    """

    name: str

    @property
    def is_open(self) -> bool: ...

    def show(self, answer: Answer | None) -> None:
        """Shows an answer, or that there is none."""

    def describe(self, model: ModelEntry, backend: str) -> None:
        """Says which model answers, and on which backend."""

    def open(self) -> None:
        """Opens it as a person would."""

    def close(self) -> None:
        """Closes it as a person would."""

    def on_toggle(self, handler: Callable[[], None]) -> None:
        """Calls `handler` each time the panel was opened or closed."""


class AlwaysOpen:
    """A panel that cannot be closed."""

    name = ""
    is_open = True

    def open(self) -> None:
        """It is open already."""

    def close(self) -> None:
        """It stays open."""

    def on_toggle(self, handler: Callable[[], None]) -> None:
        """It never opens, as it is open from the start."""


Tell = Callable[[Panel], None]
Pace = Callable[[Callable[[], None]], Callable[[], None]]


def at_once(work: Callable[[], None]) -> Callable[[], None]:
    return work


class Panels:
    """Tells all open panels the same, of which a person has opened one at most. A panel that opens
    catches up on what it has missed.

    Those that people open are shown the latest answer at the pace that `pace` gives a piece of
    work, so that the answer itself does not wait for them.
    """

    def __init__(self, panels: Sequence[Panel], pace: Pace = at_once):
        self._panels = tuple(panels)
        self._always_open = tuple(panel for panel in self._panels if not panel.name)
        self._closable = tuple(panel for panel in self._panels if panel.name)
        self._ask_opened = pace(self._show_opened)
        self._is_owed = False  # an answer, to those that people have opened
        self._on_fault: Callable[[Exception], None] | None = None
        self._on_toggle: Callable[[], None] = lambda: None
        self._described: tuple[ModelEntry, str] | None = None
        self.answer: Answer | None = None
        for panel in self._panels:
            panel.on_toggle(partial(self._toggled, panel))

    def on_fault(self, handler: Callable[[Exception], None]) -> None:
        """Calls `handler` with what a panel raises; the other panels do not notice."""
        self._on_fault = handler

    def on_toggle(self, handler: Callable[[], None]) -> None:
        """Calls `handler` when `open_names` has changed."""
        self._on_toggle = handler

    def show(self, answer: Answer | None) -> None:
        self.answer, self._is_owed = answer, True
        self._tell_all(self._always_open, lambda panel: panel.show(answer))
        if answer is None:
            self._show_opened()
        else:
            self._ask_opened()

    def _show_opened(self) -> None:
        if self._is_owed:
            self._is_owed = False
            self._tell_all(self._closable, lambda panel: panel.show(self.answer))

    def describe(self, model: ModelEntry, backend: str) -> None:
        self._described = model, backend
        self._tell_all(self._panels, lambda panel: panel.describe(model, backend))

    @property
    def open_names(self) -> tuple[str, ...]:
        """Of the panels that people have opened."""
        return tuple(panel.name for panel in self._closable if panel.is_open)

    def open(self, names: Sequence[str]) -> None:
        """Opens the panels with these names; others are as unknown as misspelt ones."""
        for panel in self._closable:
            if panel.name in names and not panel.is_open:
                panel.open()

    def _tell_all(self, panels: Sequence[Panel], tell: Tell) -> None:
        for panel in panels:
            if panel.is_open:
                self._tell(panel, tell)

    def _tell(self, panel: Panel, tell: Tell) -> None:
        try:
            tell(panel)
        except Exception as error:
            if self._on_fault is None:
                raise
            self._on_fault(error)

    def _toggled(self, panel: Panel) -> None:
        if panel.is_open:
            for other in self._closable:
                if other is not panel and other.is_open:
                    other.close()
            self._catch_up(panel)
        self._on_toggle()

    def _catch_up(self, panel: Panel) -> None:
        described, answer = self._described, self.answer
        if described:
            self._tell(panel, lambda panel: panel.describe(*described))
        self._tell(panel, lambda panel: panel.show(answer))
