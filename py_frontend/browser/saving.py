"""Buttons that save the drawing as a picture, or copy it."""

from collections.abc import Callable

from pyodide.ffi import JsException
from pyscript import document, window
from pyscript.ffi import is_none, to_js

from core.drawing import Content
from core.svg import drawing_svg

from .events import listen
from .panels.disclosure import Disclosure

PNG, SVG = "image/png", "image/svg+xml"
NOTHING = "Draw something first."
COPIED = "The picture is copied."
REFUSED = "This browser does not let the page copy pictures. Save it as PNG instead."


class Saving:
    """Makes pictures of what is on the pad now."""

    def __init__(self, content: Callable[[], Content], run: Callable[..., None]):
        self._content, self._run = content, run
        Disclosure("saving")
        self._canvas, self._note = map(document.getElementById, ("draw-canvas", "share-note"))
        for element_id, work in (
            ("save-png", self._save_png),
            ("save-svg", self._save_svg),
            ("copy-picture", self._copy),
        ):
            button = document.getElementById(element_id)
            listen(button, "click", lambda _event, work=work: self._begin(work))

    def _begin(self, work: Callable) -> None:
        self._note.textContent = "" if self._content() else NOTHING
        if self._content():
            self._run(work)

    async def _save_png(self) -> None:
        _download(await self._png(), "drawing.png")

    async def _save_svg(self) -> None:
        parts = to_js([drawing_svg(self._content())])
        _download(window.Blob.new(parts, type=SVG), "drawing.svg")

    async def _copy(self) -> None:
        """Where the browser refuses, the person is told what else they can do."""
        clipboard = getattr(window.navigator, "clipboard", None)
        if clipboard is None or is_none(clipboard) or not hasattr(window, "ClipboardItem"):
            self._note.textContent = REFUSED
            return
        try:
            item = window.ClipboardItem.new(to_js({PNG: await self._png()}))
            await clipboard.write(to_js([item]))
            self._note.textContent = COPIED
        except JsException:
            self._note.textContent = REFUSED

    async def _png(self):
        """The pad as it is seen, in its own colours."""
        pad = self._canvas
        picture = window.OffscreenCanvas.new(pad.width, pad.height)
        context = picture.getContext("2d")
        context.fillStyle = window.getComputedStyle(pad).backgroundColor
        context.fillRect(0, 0, pad.width, pad.height)
        context.drawImage(pad, 0, 0)
        return await picture.convertToBlob(type=PNG)


def _download(blob, name: str) -> None:
    link = document.createElement("a")
    link.href, link.download = window.URL.createObjectURL(blob), name
    link.click()
    window.URL.revokeObjectURL(link.href)
