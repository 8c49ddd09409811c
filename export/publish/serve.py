"""The dev server: the published layout, straight from the working tree. Pages that are open are
told of every edit."""

import errno
import os
import sys
from argparse import ArgumentTypeError
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from .live_tree import LiveTree, event
from .memory_image import build_image, compress_image, image_file
from .node import NodeError
from .packages import missing_vendor_files
from .representation import represent
from .site_files import ROOT, Source, published_files
from .styles import SHEET, SheetKeeper

CHANGES, FAULTS = "/dev/changes", "/dev/faults"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",  # of the benchmarks; the page has none
    ".json": "application/json",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".safetensors": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".zip": "application/zip",
}


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the layout's URL paths; anything else is a 404."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def files(self) -> dict[str, Source]:
        return published_files()

    def do_GET(self):
        self._answer(with_body=True)

    def do_HEAD(self):
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        path, _, query = self.path.partition("?")
        key = url_key(path)
        source = self.files().get(key)
        if source is None:
            self._send(
                HTTPStatus.NOT_FOUND, {"Content-Type": TYPES[".txt"]}, b"Not found\n", with_body
            )
            return
        version = query.removeprefix("v=").partition("#")[0]
        found = represent(key, version, source, self.headers.get("Accept-Encoding", ""))
        headers = found.headers
        if headers["ETag"] in self.headers.get("If-None-Match", ""):
            self._send(HTTPStatus.NOT_MODIFIED, headers, b"", with_body)
            return
        headers["Content-Type"] = TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")
        self._send(HTTPStatus.OK, headers, found.body(), with_body)

    def _send(
        self, status: HTTPStatus, headers: dict[str, str], body: bytes, with_body: bool
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-Content-Type-Options", "nosniff")
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_request(self, code="-", size="-"):
        if int(code) >= 400:
            super().log_request(code, size)


class LiveHandler(Handler):
    """Tells pages that are open what changes in its tree, and prints what they say of it."""

    sheet = SheetKeeper(ROOT)
    tree: LiveTree

    def files(self) -> dict[str, Source]:
        if url_key(self.path) == SHEET:
            self.sheet.refresh()
        return self.tree.files()

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == CHANGES:
            self._tell_changes(int(parse_qs(url.query)["since"][0]))
        else:
            super().do_GET()

    def do_POST(self):
        if self.path != FAULTS:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.report(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._send(HTTPStatus.NO_CONTENT, {}, b"", with_body=False)

    def report(self, fault: str) -> None:
        """Tells in the terminal where an edit has a fault."""
        print(fault, flush=True)

    def _tell_changes(self, since: int) -> None:
        """Until the page goes away, which is noticed when it is told something."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        for moment, told in self.tree.changes(int(self.headers.get("Last-Event-ID", since))):
            self.wfile.write(event(moment, told))


class Server(ThreadingHTTPServer):
    """One thread a connection; a browser that hangs up is no error."""

    allow_reuse_address = os.name != "nt"  # on Windows it would let two servers share one port
    allow_reuse_port = False
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def url_key(target: str) -> str:
    """The layout's key for a request target: '/py_frontend/main.py?v=1' ->
    'py_frontend/main.py'."""
    path = target.partition("?")[0].partition("#")[0]
    return unquote(path).removeprefix("/") or "index.html"


def port_number(text: str) -> int:
    """A TCP port; 0 lets the system choose a free one."""
    if not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "serve",
        help="serve the page from the working tree",
        description=__doc__,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--port", type=port_number, default=8000, help="default: %(default)s; 0 takes a free one"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="default: %(default)s, this machine only"
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    if missing := missing_vendor_files(ROOT):
        print(
            f"{missing[0]} is missing: run `make serve`, or `npm ci --ignore-scripts` in site/.",
            file=sys.stderr,
        )
        return 1
    try:
        server = Server((args.host, args.port), LiveHandler)
    except OSError as error:
        print(_cannot_listen(error, args), file=sys.stderr)
        return 1
    with server:
        if not image_file(ROOT).exists():
            print("Building the memory image that the page starts from ...", flush=True)
            _build_image()
        LiveHandler.tree = LiveTree(ROOT)
        print(f"Serving on http://{args.host}:{server.server_port}/ (Ctrl-C stops)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")
    return 0


def _build_image() -> None:
    """Says on stderr where it fails: the page starts without the image, too."""
    try:
        build_image(ROOT)
        compress_image(ROOT)
    except NodeError as error:
        print(f"Without a memory image, so that the page starts later: {error}", file=sys.stderr)


def _cannot_listen(error: OSError, args) -> str:
    if error.errno == errno.EADDRINUSE:
        another = args.port % 65535 + 1
        return f"Port {args.port} is in use: choose another, such as `make serve PORT={another}`."
    return f"Cannot listen on {args.host}, port {args.port}: {error.strerror}."
