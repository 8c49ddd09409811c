"""Listening to the page: every proxy that JavaScript is given has its owner here.

A version of the page has this module for itself; `lifetime` ends with it.
"""

from asyncio import Handle, Task, create_task, get_running_loop
from collections.abc import Callable, Coroutine
from contextlib import ExitStack, contextmanager
from contextvars import Context
from functools import partial
from typing import Any

from pyodide.ffi import create_once_callable
from pyscript import document, window
from pyscript.ffi import create_proxy

from core.lifetime import Lifetime

PACE_MS = 50  # of panels while one draws

lifetime = Lifetime()


def listen(target, event_name: str, handler: Callable) -> None:
    """Calls `handler` with each event for as long as this version of the page lives."""
    lifetime.own(_listening(target, event_name, handler))


def _listening(target, event_name: str, handler: Callable) -> Callable[[], None]:
    """Listens until the returned function is called."""
    proxy = create_proxy(handler)
    target.addEventListener(event_name, proxy)

    def stop() -> None:
        target.removeEventListener(event_name, proxy)
        proxy.destroy()

    return stop


class LiveListeners:
    """Listens to elements that are replaced from time to time."""

    def __init__(self):
        self._proxies: list = []

    def listen(self, target, event_name: str, handler: Callable) -> None:
        """Calls `handler` with each event until all handlers are forgotten."""
        self._proxies.append(create_proxy(handler))
        target.addEventListener(event_name, self._proxies[-1])

    def forget(self) -> None:
        """The elements are about to go."""
        for proxy in self._proxies:
            proxy.destroy()
        self._proxies.clear()


def on_return(handler: Callable[[], None]) -> None:
    """Calls `handler` when the page is seen again after it was hidden."""

    def changed(_event) -> None:
        if not document.hidden:
            handler()

    listen(document, "visibilitychange", changed)


def on_resize(element, handler: Callable[[], None]) -> None:
    """Calls `handler` when the element's size, or the number of device pixels it covers, has
    changed; once at the start."""
    proxy = create_proxy(lambda *_: handler())
    observer = window.ResizeObserver.new(proxy)
    lifetime.own(proxy.destroy)
    lifetime.own(observer.disconnect)
    observer.observe(element)
    listen(window, "resize", lambda _event: handler())
    PixelRatio(handler)


class PixelRatio:
    """Calls `handler` when the number of device pixels has changed, which may be without a change
    of size. A query asks for one ratio only."""

    def __init__(self, handler: Callable[[], None]):
        self._handler = handler
        self._ask()
        lifetime.own(lambda: self._stop())

    def _ask(self) -> None:
        query = window.matchMedia(f"(resolution: {window.devicePixelRatio}dppx)")
        self._stop = _listening(query, "change", lambda _event: self._changed())

    def _changed(self) -> None:
        stop = self._stop
        self._ask()
        self._handler()
        window.queueMicrotask(create_once_callable(stop))


def on_colour_scheme(handler: Callable[[], None]) -> None:
    """Calls `handler` when the page's colours have changed, by the person's system or by anything
    else: theme.css lets the colour of the ink pass over in no time, which is told as an event."""
    for query in ("(prefers-color-scheme: dark)", "(forced-colors: active)"):
        listen(window.matchMedia(query), "change", lambda _event: handler())

    def passed_over(event):
        if event.propertyName == "color":
            handler()

    listen(document.getElementById("draw-canvas"), "transitionend", passed_over)


def before_next_frame(callback: Callable[[], None]) -> None:
    """Calls `callback` once, before the browser paints again."""
    window.requestAnimationFrame(create_once_callable(lambda _time: _call(callback)))


def once_fulfilled(promise, handler: Callable[[Any], None]) -> None:
    """Calls `handler` with the promise's value when it is fulfilled; a rejection is no news."""
    fulfilled = create_once_callable(lambda value: _call(partial(handler, value)))
    promise.then(fulfilled, lambda _error: None)


def _call(callback: Callable[[], None]) -> None:
    """Unless the version of the page is over that asked for it."""
    if not lifetime.is_over:
        callback()


def wants_less_motion() -> bool:
    """Whether the person asked their system for less motion."""
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches


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


@contextmanager
def listening(target, event_name: str, handler: Callable):
    """Calls `handler` with each event until the `with` ends."""
    proxy = create_proxy(handler)
    target.addEventListener(event_name, proxy)
    try:
        yield
    finally:
        target.removeEventListener(event_name, proxy)
        proxy.destroy()


async def first_event(target, *event_names: str) -> str:
    """The name of the first of these events that happens."""
    happened = get_running_loop().create_future()

    def note(event) -> None:
        if not happened.done():
            happened.set_result(event.type)

    with ExitStack() as listeners:
        for name in event_names:
            listeners.enter_context(listening(target, name, note))
        return await happened


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
        _call(self._work)


def paced(work: Callable[[], None]) -> Callable[[], None]:
    """Asks for `work`, which is done a few frames later, once for all that asked meanwhile."""
    return Throttled(work, PACE_MS).ask


Work = Callable[..., Coroutine]


class Background:
    """Runs coroutines that nobody waits for; asyncio alone would let them be collected meanwhile.

    `guard` wraps each coroutine function, so that its errors reach the person.
    """

    def __init__(self, guard: Callable[[Work], Work]):
        self._guard = guard
        self._tasks: set[Task] = set()
        lifetime.own(self._cancel)

    def run(self, work: Work, *arguments) -> None:
        if lifetime.is_over:
            return
        task = create_task(self._guard(work)(*arguments))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
