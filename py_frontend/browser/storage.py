"""Texts that the browser keeps from visit to visit. Where it may keep none, or has no room, the
page does without."""

from pyodide.ffi import JsException
from pyscript import window
from pyscript.ffi import is_none


class Storage:
    """The browser's storage for this site; asked for anew each time, as the mere question may be
    refused."""

    def recall(self, key: str) -> str | None:
        try:
            text = window.localStorage.getItem(key)
        except JsException:
            return None
        return None if is_none(text) else text

    def keep(self, key: str, text: str) -> None:
        try:
            window.localStorage.setItem(key, text)
        except JsException as refusal:
            window.console.info(f"Nothing is kept for the next visit: {refusal.message}")
