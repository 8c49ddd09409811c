"""The page on a server that has faults for a while.

Where a browser is made to stop requests, it stops them all and keeps nothing: a start then takes
twice the processor time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from http import HTTPStatus
from threading import Event

from export.publish.serve import url_key
from export.publish.site_files import published_files, read

from .serving import Plain, handler_of, served

IMAGE = "start/python-*.wasm"


class Request(Plain):
    """A request for a file of the page. The browser is to keep none, which may be at fault the next
    time."""

    faults: dict[str, "Fault"]

    @property
    def name(self) -> str:
        """The path of the file."""
        return url_key(self.path)

    @property
    def body(self) -> bytes:
        """What the file has in it."""
        return read(self.files()[self.name])

    def do_GET(self):
        for pattern, fault in [*self.faults.items()]:
            if fnmatch(self.name, pattern):
                fault(self)
                return
        self.go_on()

    def go_on(self) -> None:
        """Answers without a fault."""
        super().do_GET()

    def answer(self, body: bytes, content_type: str, status=HTTPStatus.OK, **more: str) -> None:
        self._send(status, {"Content-Type": content_type, **more}, body, with_body=True)

    def send_header(self, keyword, value):
        super().send_header(keyword, "no-store" if keyword == "Cache-Control" else value)


Fault = Callable[[Request], None]


class FaultyHost:
    def __init__(self):
        self._faults: dict[str, Fault] = {}

    @contextmanager
    def opened(self) -> Iterator["FaultyHost"]:
        class FaultyRequest(Request, handler_of(published_files())):
            faults = self._faults

        with served(FaultyRequest) as self.url:
            yield self

    @contextmanager
    def faulty(self, pattern: str, fault: Fault) -> Iterator[None]:
        """In the body of the `with` the files that match are at fault."""
        self._faults[pattern] = fault
        try:
            yield
        finally:
            del self._faults[pattern]

    @contextmanager
    def holding(self, pattern: str) -> Iterator[Callable[[], None]]:
        """Files that match do not come before the given function is called, or the `with` ends."""
        gate = Event()

        def wait(request: Request) -> None:
            gate.wait()
            request.go_on()

        with self.faulty(pattern, wait):
            try:
                yield gate.set
            finally:
                gate.set()


def missing(request: Request) -> None:
    request.answer(b"", "text/plain", HTTPStatus.NOT_FOUND)
