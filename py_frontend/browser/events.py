"""Listening to the page: every proxy that JavaScript is given has its owner here."""

from asyncio import Handle, Task, create_task, get_running_loop
from collections.abc import Callable, Coroutine
from contextvars import Context
from functools import partial
from typing import Any

from pyodide.ffi import create_once_callable
from pyscript import document, window
from pyscript.ffi import create_proxy


def listen(target, event_name: str, handler: Callable) -> None:
    """Calls `handler` with each event for as long as the page lives."""
    target.addEventListener(event_name, create_proxy(handler))


def on_return(handler: Callable[[], None]) -> None:
    """Calls `handler` when the page is seen again after it was hidden."""

    def changed(_event) -> None:
        if not document.hidden:
            handler()

    listen(document, "visibilitychange", changed)


def on_resize(element, handler: Callable[[], None]) -> None:
    """Calls `handler` when the element's size, or the number of device pixels it covers, has
    changed; once at the start."""
    window.ResizeObserver.new(create_proxy(lambda *_: handler())).observe(element)
    listen(window, "resize", lambda _event: handler())
    _on_next_pixel_ratio(handler)


def _on_next_pixel_ratio(handler: Callable[[], None]) -> None:
    """It may change without a change of size; a query asks for one ratio only."""

    def changed(_event) -> None:
        _on_next_pixel_ratio(handler)
        handler()

    query = window.matchMedia(f"(resolution: {window.devicePixelRatio}dppx)")
    query.addEventListener("change", create_once_callable(changed), once=True)


def on_colour_scheme(handler: Callable[[], None]) -> None:
    """Calls `handler` when the page's colours have changed, by the person's system or by anything
    else: styles.css lets the colour of the ink pass over in no time, which is told as an event."""
    listen(window.matchMedia("(prefers-color-scheme: dark)"), "change", lambda _event: handler())

    def passed_over(event):
        if event.propertyName == "color":
            handler()

    listen(document.getElementById("draw-canvas"), "transitionend", passed_over)


def before_next_frame(callback: Callable[[], None]) -> None:
    """Calls `callback` once, before the browser paints again."""
    window.requestAnimationFrame(create_once_callable(lambda _time: callback()))


def once_fulfilled(promise, handler: Callable[[Any], None]) -> None:
    """Calls `handler` with the promise's value when it is fulfilled; a rejection is no news."""
    promise.then(handler, lambda _error: None)


async def next_frame() -> None:
    """Returns when the browser is about to paint; on a page that is not seen, once it is seen
    again."""
    frame = get_running_loop().create_future()
    before_next_frame(lambda: frame.set_result(None))
    await frame


def resume_before_paint() -> None:
    """Runs asyncio's steps as microtasks: an answer that is there at once is shown in the frame
    that asked for it.

    Pyodide's own loop gives each step a task, and the browser paints between tasks. Whatever
    repeats itself for long must wait for `next_frame` now and then, as microtasks let nothing else
    in.
    """
    loop = get_running_loop()

    def call_soon(callback: Callable, *arguments, context: Context | None = None) -> Handle:
        handle = Handle(callback, arguments, loop, context)
        window.queueMicrotask(create_once_callable(partial(_run_unless_cancelled, handle)))
        return handle

    loop.call_soon = call_soon  # type: ignore[method-assign, assignment]


def _run_unless_cancelled(handle: Handle) -> None:
    if not handle.cancelled():
        handle._run()


class Throttled:
    """Calls `work` some time after it was asked for, once for all that asked meanwhile."""

    def __init__(self, work: Callable[[], None], delay_ms: int):
        self._work, self._delay_ms, self._is_due = work, delay_ms, False

    def ask(self) -> None:
        if not self._is_due:
            self._is_due = True
            window.setTimeout(create_once_callable(self._run), self._delay_ms)

    def _run(self) -> None:
        self._is_due = False
        self._work()


Work = Callable[..., Coroutine]


class Background:
    """Runs coroutines that nobody waits for; asyncio alone would let them be collected meanwhile.

    `guard` wraps each coroutine function, so that its errors reach the person.
    """

    def __init__(self, guard: Callable[[Work], Work]):
        self._guard = guard
        self._tasks: set[Task] = set()

    def run(self, work: Work, *arguments) -> None:
        task = create_task(self._guard(work)(*arguments))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
