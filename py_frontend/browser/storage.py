"""Texts that the browser keeps from visit to visit. Where it may keep none or has no room, the page
does without."""

from pyodide.ffi import JsException
from pyscript import window
from pyscript.ffi import is_none


class Storage:
    """The browser's storage for this site. It is asked for each time, because even the question may
    raise an exception."""

    def recall(self, key: str) -> str | None:
        try:
            text = window.localStorage.getItem(key)
        except JsException:
            return None
        return None if is_none(text) else text

    def keep(self, key: str, text: str) -> None:
        try:
            window.localStorage.setItem(key, text)
        except JsException as error:
            window.console.info(f"Nothing is kept for the next visit: {error.message}")
