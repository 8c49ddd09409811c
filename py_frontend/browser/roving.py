"""One Tab stop for a group of many buttons: arrow keys lead from one to the next."""

from collections.abc import Mapping
from typing import Any

from core.roving import Place, next_place

from .events import listen


class Roving:
    """The element around the buttons. Tab comes to the button that had the focus last."""

    def __init__(self, group):
        self._buttons: Mapping[Place, Any] = {}
        listen(group, "keydown", self._press_key)
        listen(group, "focusin", self._note)

    def hold(self, buttons: Mapping[Place, Any]) -> None:
        """These are the buttons from now on, by row and column."""
        self._buttons = buttons
        self._stop_at(min(buttons, default=None))

    def _stop_at(self, stop: Place | None) -> None:
        for place, button in self._buttons.items():
            button.tabIndex = 0 if place == stop else -1

    def _place_of(self, event) -> Place | None:
        """None where the event is at another element of the group."""
        found = (place for place, one in self._buttons.items() if one.isSameNode(event.target))
        return next(found, None)

    def _note(self, event) -> None:
        place = self._place_of(event)
        if place is not None:
            self._stop_at(place)

    def _press_key(self, event) -> None:
        place = self._place_of(event)
        if place is None or event.ctrlKey or event.altKey or event.metaKey:
            return
        there = next_place(self._buttons, place, event.key)
        if there is not None:
            event.preventDefault()
            self._buttons[there].focus()
