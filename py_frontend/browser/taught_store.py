"""The browser's database of what was taught. It exists only while something is in it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from pyodide.ffi import JsException
from pyscript import window
from pyscript.ffi import is_none

from core.keeper import StoreError

from .events import first_event, listening

DATABASE, VERSION, DRAWINGS = "webgpu-digits taught", 1, "drawings"


class TaughtStore:
    """Opened anew for each piece of work: a database that stays open cannot be deleted by another
    tab."""

    async def load(self) -> dict[int, str]:
        async with _opened(create=False) as database:
            if database is None:
                return {}
            transaction = database.transaction(DRAWINGS)
            drawings = transaction.objectStore(DRAWINGS)
            numbers, texts = drawings.getAllKeys(), drawings.getAll()
            await _completed(transaction)
            return {
                int(number): str(text)
                for number, text in zip(numbers.result, texts.result, strict=True)
            }

    async def change(self, gone: Sequence[int], added: Sequence[str]) -> list[int]:
        async with _opened(create=True) as database:
            transaction = database.transaction(DRAWINGS, "readwrite")
            drawings = transaction.objectStore(DRAWINGS)
            for number in gone:
                drawings.delete(number)
            requests = [drawings.add(text) for text in added]
            await _completed(transaction)
            return [int(request.result) for request in requests]

    async def delete(self) -> None:
        with _explained():
            request = _factory().deleteDatabase(DATABASE)
            if await first_event(request, "success", "error") == "error":
                raise StoreError(_reason(request))


@asynccontextmanager
async def _opened(create: bool) -> AsyncIterator:
    """The database; None where there is none, and none is to be created."""
    with _explained():
        request = _factory().open(DATABASE, VERSION)
        database = await _database(request, create)
        try:
            yield database
        finally:
            if database is not None:
                database.close()


async def _database(request, create: bool):
    was_created = False

    def prepare(_event) -> None:
        nonlocal was_created
        was_created = True
        if create:
            request.result.createObjectStore(DRAWINGS, autoIncrement=True)
        else:
            request.transaction.abort()  # which leaves no database

    with listening(request, "upgradeneeded", prepare):
        event = await first_event(request, "success", "error")
    if event == "success":
        return request.result
    if was_created and not create:
        return None
    raise StoreError(_reason(request))


async def _completed(transaction) -> None:
    if await first_event(transaction, "complete", "abort") == "abort":
        raise StoreError(_reason(transaction))


@contextmanager
def _explained() -> Iterator[None]:
    """Exceptions of JavaScript, as the page knows them."""
    try:
        yield
    except JsException as error:
        raise StoreError(f"{error.name}: {error.message}") from error


def _factory():
    """Asked for each time, because even the question may raise an exception."""
    factory = getattr(window, "indexedDB", None)
    if is_none(factory):
        raise StoreError("It has no database.")
    return factory


def _reason(failed) -> str:
    error = failed.error
    return "" if is_none(error) else f"{error.name}: {error.message}"
