"""The dev server: the layout and nothing but the layout, revalidated on every reload."""

import gzip
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager

import pytest

from export.publish.packages import VENDOR, missing_vendor_files
from export.publish.serve import Handler, Server
from export.publish.site_files import ROOT, published_files, read

# -S leaves out site-packages: what runs here needs nothing that pip installs.
SERVE = (sys.executable, "-S", "-m", "export", "serve")


@contextmanager
def serving(root):
    handler = type(
        "TreeHandler", (Handler,), {"files": staticmethod(lambda: published_files(root))}
    )
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def fetch(port, target, method="GET", **headers):
    """The response and its body; the target goes out as it is, unlike in a browser, which tidies
    it."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return response, response.read()


@pytest.fixture
def tree(tmp_path):
    """A small working tree, with files that must not be published among those that must."""
    files = {
        "site/index.html": "<h1>page</h1>",
        "site/js/a.js": "export default 1",
        "site/models/mlp/net.wasm": "wasm",
        "site/models/mlp/weights.safetensors": "weights",
        "site/app.webmanifest": "{}",
        "site/style.css": "",
        "site/package.json": json.dumps(
            {"dependencies": {"pyodide": "1.2.3", "@pyscript/core": "4", "chart.js": "5"}}
        ),
        "site/package-lock.json": "secret",
        "site/jsconfig.json": "secret",
        "site/jsconfig.worker.json": "secret",
        "site/types.d.ts": "secret",
        "site/.env": "secret",
        "site/models/half.tmp": "secret",
        "site/node_modules/pyodide/package.json": "secret",
        "site/node_modules/pyodide/pyodide.mjs": "export const pyodide = 1",
        "py_frontend/main.py": "import core",
        "py_frontend/core/__init__.py": "",
        "py_frontend/core/__pycache__/x.py": "secret",
        "py_frontend/core/notes.md": "secret",
        "LICENSE": "secret",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


@pytest.fixture
def port(tree):
    with serving(tree) as port:
        yield port


def test_every_file_of_the_layout_is_served_byte_for_byte():
    with (
        serving(ROOT) as port,
        closing(http.client.HTTPConnection("127.0.0.1", port)) as connection,
    ):
        for url, source in published_files().items():
            connection.request("GET", "/" + url)
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, read(source)), url


def test_the_layout_holds_what_it_should_and_nothing_else(tree):
    files = published_files(tree)
    archives = {url for url in files if re.fullmatch(r"start/frontend-[0-9a-f]{16}\.zip", url)}
    assert len(archives) == 1
    assert set(files) - archives == {
        "LICENSE.txt",
        "index.html",
        "js/a.js",
        "models/mlp/net.wasm",
        "models/mlp/weights.safetensors",
        "app.webmanifest",
        "style.css",
        "py_frontend/main.py",
        "py_frontend/core/__init__.py",
        "vendor/pyodide@1.2.3/pyodide.js",
    }


def test_missing_vendor_files_are_named(tree):
    missing = missing_vendor_files(tree)
    assert "site/node_modules/pyodide/pyodide.asm.wasm" in missing
    assert "site/node_modules/pyodide/pyodide.mjs" not in missing
    assert len(missing) == sum(map(len, VENDOR.values())) - 1


@pytest.mark.parametrize(
    "target, expected",
    [
        ("/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/js/a.js", "text/javascript; charset=utf-8"),
        ("/models/mlp/net.wasm", "application/wasm"),
        ("/models/mlp/weights.safetensors", "application/octet-stream"),
        ("/app.webmanifest", "application/manifest+json"),
        ("/py_frontend/main.py", "text/x-python; charset=utf-8"),
    ],
)
def test_files_go_out_with_the_right_type(port, target, expected):
    response, _ = fetch(port, target)
    assert (response.status, response.headers["Content-Type"]) == (200, expected)


@pytest.mark.parametrize(
    "target",
    [
        "/../LICENSE",
        "/%2e%2e/LICENSE",
        "/..%2fLICENSE",
        "/..%5cLICENSE",
        "/js/../../LICENSE",
        "//LICENSE",
        "/py_frontend/../LICENSE",
        "/vendor/pyodide@1.2.3/../package.json",
        "/vendor/pyodide@1.2.3/package.json",
        "/node_modules/pyodide/package.json",
        "/package.json",
        "/package-lock.json",
        "/jsconfig.json",
        "/jsconfig.worker.json",
        "/types.d.ts",
        "/.env",
        "/models/half.tmp",
        "/py_frontend/core/__pycache__/x.py",
        "/py_frontend/core/notes.md",
        "/etc/passwd",
        "/%00",
        "/%ff",
    ],
)
def test_nothing_outside_the_layout_is_served(port, target):
    response, body = fetch(port, target)
    assert (response.status, body) == (404, b"Not found\n")


@pytest.mark.parametrize(
    "target", ["/js", "/js/", "/models/", "/py_frontend/", "/vendor/", "/vendor/pyodide@1.2.3"]
)
def test_folders_are_not_listed(port, target):
    assert fetch(port, target)[0].status == 404


def test_a_query_does_not_change_which_file_is_served(port):
    assert fetch(port, "/index.html?backend=wasm&model=cnn")[1] == b"<h1>page</h1>"
    assert fetch(port, "/?backend=wasm#top")[1] == b"<h1>page</h1>"


def test_an_unchanged_file_is_revalidated_without_its_body_and_an_edited_one_is_sent(port, tree):
    first, _ = fetch(port, "/py_frontend/main.py")
    again, body = fetch(port, "/py_frontend/main.py", If_None_Match=first.headers["ETag"])
    assert (first.headers["Cache-Control"], again.status, body) == ("no-cache", 304, b"")

    (tree / "py_frontend/main.py").write_text("import cure")
    edited, body = fetch(port, "/py_frontend/main.py", If_None_Match=first.headers["ETag"])
    assert (edited.status, body) == (200, b"import cure")


def test_what_the_browser_takes_compressed_is_sent_so_and_says_so(port, tree):
    text = "a { color: red }\n" * 500
    (tree / "site/style.css").write_text(text)
    plain, body = fetch(port, "/style.css")
    packed, small = fetch(port, "/style.css", Accept_Encoding="gzip, deflate, br")
    assert (plain.headers["Content-Encoding"], body.decode()) == (None, text)
    assert packed.headers["Content-Encoding"] == "gzip" and len(small) < len(body) / 10
    assert gzip.decompress(small).decode() == text
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]

    (tree / "site/style.css").write_text(text.replace("red", "blue"))
    _, small = fetch(port, "/style.css", Accept_Encoding="gzip")
    assert "blue" in gzip.decompress(small).decode()


def test_a_form_that_was_compressed_ahead_is_preferred(port, tree):
    (tree / "site/large.js").write_text("1;\n" * 1000)
    (tree / "site/large.js.br").write_bytes(b"made ahead")
    response, body = fetch(port, "/large.js", Accept_Encoding="gzip, br")
    assert (response.headers["Content-Encoding"], body) == ("br", b"made ahead")
    assert fetch(port, "/large.js", Accept_Encoding="gzip")[0].headers["Content-Encoding"] == "gzip"


def test_an_address_that_names_the_version_may_be_kept_for_ever(port, tree):
    (tree / "site/models/mlp/net.js").write_text("export default {}")
    digest = hashlib.sha256(b"export default {}").hexdigest()
    archive = next(url for url in published_files(tree) if url.startswith("start/"))
    kept = {
        target: fetch(port, target)[0].headers["Cache-Control"]
        for target in (
            "/vendor/pyodide@1.2.3/pyodide.js",
            f"/{archive}",
            f"/models/mlp/net.js?v={digest[:16]}",
            "/models/mlp/net.js",
            f"/models/mlp/net.js?v={'0' * 16}",
            "/models/mlp/net.js?v=",
            "/index.html",
            "/py_frontend/main.py",
        )
    }
    for_ever = [target for target, header in kept.items() if "immutable" in header]
    assert for_ever == list(kept)[:3]
    assert {header for target, header in kept.items() if target not in for_ever} == {"no-cache"}


def test_a_new_file_is_served_and_a_deleted_one_is_not(port, tree):
    (tree / "py_frontend/new.py").write_text("x = 1")
    (tree / "site/style.css").unlink()
    assert fetch(port, "/py_frontend/new.py")[1] == b"x = 1"
    assert fetch(port, "/style.css")[0].status == 404


def test_head_gives_the_headers_of_get_without_the_body(port):
    head, nothing = fetch(port, "/index.html", method="HEAD")
    get, body = fetch(port, "/index.html")
    names = ("Content-Length", "Content-Type", "ETag", "Last-Modified")
    assert (
        nothing == b""
        and body
        and [head.headers[n] for n in names] == [get.headers[n] for n in names]
    )


def test_one_connection_carries_many_requests(port):
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.connect()
        opened = connection.sock
        for target, status in (("/", 200), ("/absent", 404), ("/js/a.js", 200)):
            connection.request("GET", target)
            response = connection.getresponse()
            response.read()
            assert (response.status, connection.sock) == (status, opened)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_reading_is_offered(port, method):
    assert fetch(port, "/index.html", method=method)[0].status == 501


def test_a_browser_that_hangs_up_leaves_no_traceback(tree, capfd):
    (tree / "site/large.bin").write_bytes(bytes(8 << 20))
    with serving(tree) as port:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        assert fetch(port, "/index.html")[0].status == 200
    assert "Traceback" not in capfd.readouterr().err


def obey_interrupts():
    """Undoes what a shell does to the interrupt signal of background jobs."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_the_command_says_where_it_serves_and_stops_cleanly():
    process = subprocess.Popen(
        (*SERVE, "--port", "0"),
        cwd=ROOT,
        text=True,
        preexec_fn=obey_interrupts,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        line = process.stdout.readline()
        if line.startswith("Building"):
            line = process.stdout.readline()
        assert line.startswith("Serving on http://127.0.0.1:")
        port = int(line.split(":")[2].partition("/")[0])
        assert fetch(port, "/vendor/pyodide@314.0.7/pyodide.js")[0].status == 200
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=10)
        assert (process.returncode, output, errors) == (0, "\nStopped.\n", "")
    finally:
        process.kill()
        process.wait()


def test_a_port_in_use_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            (*SERVE, "--port", str(port)), cwd=ROOT, capture_output=True, text=True, timeout=20
        )
    assert done.returncode == 1 and done.stdout == ""
    assert (
        done.stderr
        == f"Port {port} is in use: choose another, such as `make serve PORT={port % 65535 + 1}`.\n"
    )


@pytest.mark.parametrize("port", ["70000", "-1", "80x", ""])
def test_a_port_that_is_none_is_refused(port):
    done = subprocess.run(
        (*SERVE, f"--port={port}"), cwd=ROOT, capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 2 and f"{port!r} is not a port" in done.stderr


def test_a_missing_vendor_file_says_what_to_run(monkeypatch, capsys):
    from export import __main__
    from export.publish import serve

    monkeypatch.setattr(
        serve, "missing_vendor_files", lambda _root: ["site/node_modules/pyodide/pyodide.mjs"]
    )
    assert __main__.main(["serve", "--port", "0"]) == 1
    assert "npm ci --ignore-scripts" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="make is not used here")
def test_make_hands_the_port_on():
    plan = subprocess.run(
        ("make", "-n", "serve", "PORT=8123"), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "-m export serve --port 8123" in plan.stdout


@pytest.mark.skipif(os.name != "posix", reason="make is not used here")
def test_the_python_that_make_is_given_does_not_reach_tinygrads_environment(tmp_path):
    """tinygrad took `make test PYTHON=/usr/bin/python3.13` for the choice of a device."""
    tests = (
        (ROOT / "Makefile").read_text().replace(".venv/bin/python -m pytest", 'echo "[$$PYTHON]" #')
    )
    (tmp_path / "Makefile").write_text(tests)
    done = subprocess.run(
        ("make", "--no-print-directory", "test", "PYTHON=true"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
