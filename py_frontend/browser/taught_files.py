"""What was taught as a file: saved to the person's disk, and loaded from there."""

from collections.abc import Callable

from pyodide.ffi import JsException
from pyscript import document, window
from pyscript.ffi import to_js

from core.effect import drawings
from core.taught_file import MAX_CHARACTERS, TaughtFileError, from_text, to_text
from core.teacher import Teacher

from .events import listen

FILE_NAME, TYPE = "taught-digits.json", "application/json"


class TaughtFiles:
    """Two buttons, and a sentence on what came of it. A file adds to what was taught."""

    def __init__(self, teacher: Teacher, run: Callable[..., None]):
        self._teacher = teacher
        self._chooser, self._note = map(document.getElementById, ("taught-file", "taught-note"))
        save, load = map(document.getElementById, ("save-taught", "load-taught"))
        listen(save, "click", lambda _event: self._save())
        listen(load, "click", lambda _event: self._chooser.click())
        listen(self._chooser, "change", lambda _event: run(self._load))

    def _save(self) -> None:
        blob = window.Blob.new(to_js([to_text(self._teacher.taught)]), type=TYPE)
        link = document.createElement("a")
        link.href, link.download = window.URL.createObjectURL(blob), FILE_NAME
        link.click()
        window.URL.revokeObjectURL(link.href)
        self._note.textContent = f"{drawings(len(self._teacher.taught))} saved."

    async def _load(self) -> None:
        file = self._chooser.files.item(0)
        try:
            if file.size > MAX_CHARACTERS:
                raise TaughtFileError("This file is too long to be taught drawings.")
            added = from_text(await file.text())
        except (TaughtFileError, JsException) as error:
            self._note.textContent = f"{error} Nothing was loaded; what you taught is as it was."
        else:
            self._teacher.replace(self._teacher.taught.with_all(added))
            self._note.textContent = f"{drawings(len(added))} loaded."
        finally:
            self._chooser.value = ""  # so that the same file can be chosen again
