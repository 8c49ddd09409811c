"""The dev server in a thread, for tests and benchmarks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

from export.publish.serve import Handler, Server
from export.publish.site_files import Source


class Plain(Handler):
    """Sends files as they are: to compress an image takes as long as a start, and to unpack it a
    tenth of one. The host of tests/page/test_offline.py compresses."""

    def do_GET(self):
        del self.headers["Accept-Encoding"]
        super().do_GET()


def handler_of(layout: Mapping[str, Source]) -> type[Handler]:
    """Answers for files that stay as they are: for each request the dev server's own looks through
    the tree. What is missing is not told in the terminal."""

    class LayoutHandler(Plain):
        def files(self):
            return layout

        def log_request(self, *_):
            pass

    return LayoutHandler


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
