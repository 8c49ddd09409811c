"""Drawing by keyboard: arrow keys move a cursor over the pad, Space lowers and lifts the tool."""

from dataclasses import replace
from functools import partial

from pyscript import document

from core.cursor import WAYS, Cursor

from .events import listen, on_resize
from .pad import DrawingPad
from .speech import Announcer


class KeyboardPen:
    """Works while the canvas has the focus. The cursor is seen once a key has moved it, or where
    Tab has led to the canvas; Space means nothing before."""

    def __init__(self, pad: DrawingPad):
        self._pad = pad
        self._canvas, self._mark = map(document.getElementById, ("draw-canvas", "pad-cursor"))
        self._announcer = Announcer(document.getElementById("pad-speech"))
        self._cursor, self._held = Cursor(), set[str]()
        for event_name, handler in {
            "focus": lambda _event: self._begin(),
            "keydown": self._press_key,
            "keyup": lambda event: self._held.discard(event.key),
            "blur": lambda _event: self._leave(),
            "pointerdown": lambda _event: self._leave(),
        }.items():
            listen(self._canvas, event_name, handler)
        on_resize(self._canvas, self._place)

    def _begin(self) -> None:
        if self._canvas.matches(":focus-visible"):
            self._show()

    def _press_key(self, event) -> None:
        if event.ctrlKey or event.altKey or event.metaKey:
            return
        if event.key in WAYS:
            event.preventDefault()
            self._held.add(event.key)
            self._move(event.shiftKey)
        elif event.key == " " and not self._mark.hidden:
            event.preventDefault()
            if not event.repeat:
                self._turn()

    def _move(self, is_small: bool) -> None:
        area = self._pad.area
        if area is None:
            return
        self._follow()
        self._cursor = self._cursor.moved(self._held, is_small, area)
        if self._cursor.is_down:
            self._pad.draw_to(self._cursor.point)
        self._show()
        self._announcer.say_at_rest(partial(self._cursor.words, self._pad.tool, area))

    def _turn(self) -> None:
        """Lowers the tool, or lifts it."""
        area = self._pad.area
        if area is None:
            return
        self._follow()
        if self._cursor.is_down:
            self._pad.lift()
        else:
            self._pad.lower(self._cursor.point)
        self._follow()
        self._announcer.say(self._cursor.words(self._pad.tool, area))

    def _follow(self) -> None:
        """A stroke may have ended otherwise, as by Undo."""
        self._cursor = replace(self._cursor, is_down=self._pad.is_drawn_by_keys)

    def _leave(self) -> None:
        """Another part of the page, or a pointer, is in use."""
        if self._pad.is_drawn_by_keys:
            self._pad.lift()
        self._held.clear()
        self._mark.hidden = True
        self._announcer.say("")

    def _show(self) -> None:
        self._mark.hidden = False
        self._place()

    def _place(self) -> None:
        x, y = self._pad.spot(self._cursor.point)
        self._mark.style.left, self._mark.style.top = f"{x:.1f}px", f"{y:.1f}px"
