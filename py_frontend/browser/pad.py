"""The drawing pad: pointer events in, strokes out."""

from collections.abc import Callable, Sequence

from pyscript import document

from core.capsule import Box
from core.drawing import Content, Drawing
from core.pointers import Hand, change_of, tool_of
from core.sketch import Sketch
from core.strokes import Point, Stroke, Tool, usable_points

from .events import before_next_frame, listen, next_frame, wants_less_motion
from .surface import Surface

POINTS_PER_FRAME = 2  # of a drawing that is played
ERASER_WIDTH = 40.0  # canvas units


class DrawingPad:
    """What is drawn on the canvas, with any pointer.

    The handler of changes gets the content, at most once a frame while a stroke grows.
    """

    def __init__(self):
        self._canvas = canvas = document.getElementById("draw-canvas")
        self._pen_width = document.getElementById("pen-width")
        self._on_change: Callable[[Content], None] = lambda content: None
        self._drawing, self._hand = Drawing(), Hand()
        self._stroke: Stroke | None = None
        self._frame_is_due = False
        self._playing: object | None = None
        self._is_greeting = False
        self.is_drawn_by_keys = False
        self.tool: Tool = "pen"
        self._surface = Surface(canvas, self._redraw)
        self._handlers = {
            "pointerdown": self._press,
            "pointermove": self._move,
            "pointerup": self._lift,
            "pointercancel": self._break_off,
            "lostpointercapture": self._break_off,
            "contextmenu": self._prevent_menu,
        }
        for event_name, handler in self._handlers.items():
            listen(canvas, event_name, handler)

    @property
    def content(self) -> Content:
        """All strokes, with the one that is being drawn; or the picture that is in their place."""
        return (*self._drawing.strokes, self._stroke) if self._stroke else self._drawing.content

    @property
    def area(self) -> Box | None:
        """What can be seen of the pad, in canvas units; None while the page hides it."""
        return self._surface.area

    @property
    def can_undo(self) -> bool:
        return self._stroke is not None or self._drawing.can_undo

    @property
    def can_redo(self) -> bool:
        return self._stroke is None and self._drawing.can_redo

    def on_change(self, handler: Callable[[Content], None]) -> None:
        """From now on `handler` is called with each change."""
        self._on_change = handler

    def load(self, content: Content) -> None:
        """Puts a drawing in the place of what is there; one undo brings that back."""
        self._step(lambda: self._drawing.replace(content))

    async def play(self, strokes: Sequence[Stroke], is_greeting: bool = False) -> None:
        """Draws strokes as a hand would, some points in each frame; at once for those who asked
        for less motion. Whatever the person does meanwhile ends it, and what they draw takes the
        place of a greeting."""
        if wants_less_motion():
            self.load(tuple(strokes))
            self._is_greeting = is_greeting
            return
        self.clear()
        self._is_greeting = is_greeting
        self._playing = playing = object()
        for stroke in strokes:
            for end in range(1, len(stroke.points) + POINTS_PER_FRAME, POINTS_PER_FRAME):
                await next_frame()
                if self._playing is not playing:
                    return
                self._grow(Stroke(stroke.tool, stroke.width, stroke.points[:end]))
            self._end()
            self._announce()

    def _grow(self, stroke: Stroke) -> None:
        self._stroke = stroke
        self._surface.draw_line(stroke, stroke.points)
        self._announce_before_next_frame()

    def resume(self, sketch: Sketch) -> None:
        """Goes on with what was drawn before Python ran, also in the middle of a stroke."""
        self._drawing, self.tool, self._stroke = sketch.drawing, sketch.tool, sketch.stroke
        if sketch.pointer is not None:
            self._hand.take(sketch.pointer, sketch.kind)
        self._surface.draw(self.content)

    @property
    def sketch(self) -> Sketch:
        """What another version of the page resumes."""
        hand = self._hand
        return Sketch(self._drawing, self.tool, self._stroke, hand.pointer, hand.kind)

    def _redraw(self) -> None:
        area = self._surface.area
        self._surface.draw(self.content)
        if self._surface.area != area:  # more of the ink is seen now, or less
            self._announce_before_next_frame()

    def undo(self) -> None:
        self._step(self._drawing.undo)

    def redo(self) -> None:
        self._step(self._drawing.redo)

    def clear(self) -> None:
        self._step(self._drawing.clear)

    def _step(self, change: Callable[[], None]) -> None:
        """Changes the whole drawing, and announces it at once; a stroke that is being drawn ends
        first."""
        self._playing, self._is_greeting = None, False
        self._end()
        change()
        self._surface.draw(self.content)
        self._announce()

    def _press(self, event) -> None:
        tool = tool_of(event.button, self.tool)
        points = self._points([event]) if tool else []
        if tool is None or not points:
            return
        if self._hand.yields_to(event.pointerType):
            self._drop()
        if not self._hand.is_free:
            return
        self._make_way()
        self._hand.take(event.pointerId, event.pointerType, event.button)
        if event.isTrusted:  # a script's event has no pointer that could be captured
            self._canvas.setPointerCapture(event.pointerId)
        self._begin(tool, points)

    def lower(self, point: Point) -> None:
        """Begins a stroke that keys draw, unless a pointer is drawing."""
        if self._hand.is_free:
            self._make_way()
            self.is_drawn_by_keys = True
            self._begin(self.tool, [point])

    def draw_to(self, point: Point) -> None:
        """Goes on with the stroke that keys draw."""
        if self.is_drawn_by_keys:
            self._extend([point])

    def lift(self) -> None:
        """Ends the stroke that keys draw."""
        if self.is_drawn_by_keys:
            self._end()

    def spot(self, point: Point) -> Point:
        """Where a point of the pad is, in CSS pixels from the top left of the element around it."""
        around = self._canvas.parentElement.getBoundingClientRect()
        x, y = self._surface.placement().to_client(point)
        return x - around.left, y - around.top

    def _make_way(self) -> None:
        """What is under way ends, as a new stroke begins."""
        self._playing = None
        self._end()
        if self._is_greeting:
            self.clear()

    def _begin(self, tool: Tool, points: Sequence[Point]) -> None:
        self._stroke = Stroke(tool, self._width(tool), tuple(points))
        if self._drawing.has_picture:
            self._surface.draw(self.content)
        else:
            self._surface.draw_line(self._stroke, points)
        self._announce_before_next_frame()

    def _width(self, tool: Tool) -> float:
        """In canvas units; that of the pen is the person's choice."""
        return float(self._pen_width.value) if tool == "pen" else ERASER_WIDTH

    def _move(self, event) -> None:
        if not self._hand.holds(event.pointerId):
            if event.pointerType == "mouse" and change_of(event.button, event.buttons) == "press":
                self._press(event)
        elif self._hand.has_let_go(event.buttons):
            self._end()
        else:
            self._extend(self._points(_coalesced(event)))

    def _lift(self, event) -> None:
        if self._hand.holds(event.pointerId):
            self._extend(self._points([event]))
            self._end()

    def _break_off(self, event) -> None:
        if self._hand.holds(event.pointerId):
            self._end()

    def _prevent_menu(self, event) -> None:
        """A long press while a line is drawn is no wish for a menu."""
        if not self._hand.is_free:
            event.preventDefault()

    def _drop(self) -> None:
        """Ends a stroke that was none, such as a palm's; its ink goes."""
        self._hand.release()
        self._stroke = None
        self._surface.draw(self.content)
        self._announce_before_next_frame()

    def _extend(self, points: list[Point]) -> None:
        stroke = self._stroke
        if stroke is None or all(point == stroke.points[-1] for point in points):
            return
        last = stroke.points[-1]
        self._stroke = stroke.extended(points)
        self._surface.draw_line(self._stroke, [last, *points])
        self._announce_before_next_frame()

    def _end(self) -> None:
        self._hand.release()
        self.is_drawn_by_keys = False
        if self._stroke:
            self._drawing.add(self._stroke)
            self._stroke = None
            self._surface.draw(self.content)  # as one line: without the seams of its parts

    def _points(self, events) -> list[Point]:
        """Where the events happened, in canvas units."""
        placement = self._surface.placement()
        return usable_points(placement.to_units(event.clientX, event.clientY) for event in events)

    def _announce_before_next_frame(self) -> None:
        if not self._frame_is_due:
            self._frame_is_due = True
            before_next_frame(self._announce_if_due)

    def _announce_if_due(self) -> None:
        if self._frame_is_due:
            self._announce()

    def _announce(self) -> None:
        self._frame_is_due = False
        self._on_change(self.content)


def _coalesced(event) -> list:
    """Every position since the last event, where the browser tells them (only over https, and not
    for replayed events)."""
    events = list(event.getCoalescedEvents()) if hasattr(event, "getCoalescedEvents") else []
    return events or [event]
