"""The dev server in a thread, for tests and benchmarks."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from export.publish.serve import Handler, Server


@contextmanager
def served(handler: type[Handler] = Handler) -> Iterator[str]:
    """The address of a server that answers as `handler` does, until the block ends."""
    with Server(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
