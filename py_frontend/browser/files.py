"""The files of the page: fetched, and checked before anything uses them.

What JavaScript has loaded while Python started (site/js/ahead.js) is taken from there.
"""

from pyodide.ffi import JsException
from pyscript import document, js_import, window

from core.errors import FileError

MODELS = "./models/"


async def fetch_text(path: str) -> str:
    """A text that changes with every release, so the browser asks the server whether its copy is
    still good."""
    return await _body(path, "no-cache", "text")


async def fetch_index() -> str:
    """The list of the models that the page offers."""
    ahead = await loaded_ahead()
    return await ahead.takeIndex() or await fetch_text(MODELS + "index.json")


async def before_python():
    """The module that listened to the person before Python ran."""
    [module] = await js_import(_url("./js/before-python.js"))
    return module


async def loaded_ahead():
    """What has been loaded already, each thing to be taken once."""
    [ahead] = await js_import(_url("./js/ahead.js"))
    return ahead


async def fetch_bytes(path: str, sha256: str | None = None):
    """The ArrayBuffer of a file. A copy in the browser's cache that is not the expected one is
    fetched again."""
    for cache in ("default", "reload"):
        buffer = await _body(_versioned(path, sha256), cache, "arrayBuffer")
        if sha256 is None or await _has_digest(buffer, sha256):
            return buffer
    raise FileError(
        f"{path} is damaged or of another version: its SHA-256 is not the expected one. "
        "Reload the page; where that does not help, export the model again."
    )


async def import_module(path: str, sha256: str | None = None):
    """A JavaScript module. Fetched first: a browser never retries the import of a module that once
    failed to load."""
    await fetch_bytes(path, sha256)
    try:
        [module] = await js_import(_url(_versioned(path, sha256)))
    except JsException as error:
        raise FileError(f"{path} cannot be used ({error.message}). Reload the page.") from error
    return module


async def _body(path: str, cache: str, form: str):
    """All of a file, as `form` (text or arrayBuffer); a connection may break before it as well as
    in the middle of it."""
    url, path = _url(path), path.partition("?")[0]
    try:
        response = await window.fetch(url, cache=cache)
        body = await getattr(response, form)()
    except JsException as error:
        raise FileError(
            f"{path} could not be fetched ({error.message}). Check the connection and retry."
        ) from error
    if not response.ok:
        reason = "it is missing on the server" if response.status == 404 else "the server refused"
        raise FileError(
            f"{path} could not be loaded: {reason} (HTTP {response.status}). "
            "Retry, or choose another model."
        )
    return body


async def _has_digest(buffer, sha256: str) -> bool:
    """True also where the browser computes no digests (pages without https); there the runtime's
    checks have to do."""
    subtle = getattr(window.crypto, "subtle", None)
    if subtle is None:
        return True
    digest = await subtle.digest("SHA-256", buffer)
    return digest.to_bytes().hex() == sha256


def _versioned(path: str, sha256: str | None) -> str:
    """An address that never means another version of the file, so that browsers may keep it."""
    return f"{path}?v={sha256[:16]}" if sha256 else path


def _url(path: str) -> str:
    return window.URL.new(path, document.baseURI).href
