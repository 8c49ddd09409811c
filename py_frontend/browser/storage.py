"""Texts that the browser keeps from visit to visit. Where it may keep none, has no room or has no
such storage, the page does without."""

from pyodide.ffi import JsException
from pyscript import window
from pyscript.ffi import is_none

PREFIX = "webgpu-digits "  # of all keys: other pages of the same host keep theirs beside them


class Storage:
    """The browser's storage for this site. It is asked for each time, because even the question may
    raise an exception."""

    def recall(self, key: str) -> str | None:
        try:
            store = _store()
            text = None if store is None else store.getItem(PREFIX + key)
        except JsException:
            return None
        return None if is_none(text) else text

    def keep(self, key: str, text: str) -> None:
        try:
            store = _store()
            if store is not None:
                store.setItem(PREFIX + key, text)
        except JsException as error:
            window.console.info(f"Nothing is kept for the next visit: {error.message}")


def _store():
    """None where there is none, as in Android's WebView; raises where the page may not have it."""
    store = getattr(window, "localStorage", None)
    return None if is_none(store) else store
