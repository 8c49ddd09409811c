"""The bundle on nginx, with the lines of export/publish/README.md, under a path with a space and a
letter that is not ASCII. On Python's web server test_bundle.py opens it."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from export.publish.release import released_files
from export.publish.site_files import ROOT, read
from tests.support.digit_page import DigitPage

README_NGINX = re.compile(r"```nginx\n(.*?)```", re.DOTALL)
BROTLI_MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
WAIT_S = 20
NGINX = """
{modules}
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    {lines}
  }}
}}
"""
needs_nginx = pytest.mark.skipif(
    not (shutil.which("nginx") and Path("/etc/nginx/mime.types").exists()),
    reason="nginx is not installed: the lines of export/publish/README.md are not tried",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(*command, port: int) -> Iterator[str]:
    """The address of a server that listens on `port` until the block ends."""
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        for _ in range(WAIT_S * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def nginx_lines(root: Path, path: str) -> str:
    """Those lines, for another folder and path."""
    [lines] = README_NGINX.findall((ROOT / "export/publish/README.md").read_text())
    lines = lines.replace("root /srv/www;", f'root "{root}";').replace("/digits/", path)
    lines = re.sub(r"location (/.*) \{", r'location "\1" {', lines)
    return lines.replace("# brotli_static on;", "brotli_static on;" * BROTLI_MODULE.exists())


@pytest.fixture(scope="module")
def nginx(site, tmp_path_factory) -> Iterator[str]:
    folder, port, root = tmp_path_factory.mktemp("nginx"), free_port(), site.parent.parent
    path = f"/{site.relative_to(root).as_posix()}/"
    modules = f"load_module {BROTLI_MODULE};" if BROTLI_MODULE.exists() else ""
    config = folder / "nginx.conf"
    config.write_text(
        NGINX.format(modules=modules, folder=folder, port=port, lines=nginx_lines(root, path))
    )
    with running("nginx", "-c", str(config), "-p", str(folder), port=port) as url:
        yield url.rstrip("/") + quote(path)


def headers(url: str, accepted: str = ""):
    with urlopen(Request(url, headers={"Accept-Encoding": accepted})) as response:
        return response.headers


@needs_nginx
def test_a_digit_is_read_on_the_host(nginx, browser):
    context = browser.new_context(service_workers="block")
    digits = DigitPage(context.new_page()).open(f"{nginx}?model=mlp").expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    context.close()


@needs_nginx
def test_nginx_sends_every_file_whole(nginx):
    """Those as well that the page asks for only where it has no memory image."""
    for url, source in released_files().items():
        with urlopen(nginx + quote(url)) as response:
            assert response.read() == read(source), url


@needs_nginx
def test_nginx_sends_the_compressed_forms_and_says_how_long_they_may_be_kept(nginx):
    vendored = next(url for url in released_files() if url.endswith("pyodide.asm.js"))
    kept = headers(nginx + vendored, "gzip")
    assert kept["Content-Encoding"] == "gzip" and "immutable" in kept["Cache-Control"]
    asked = headers(nginx, "gzip")
    assert asked["Content-Encoding"] == "gzip" and asked["Cache-Control"] == "no-cache"
    if BROTLI_MODULE.exists():
        assert headers(nginx + vendored, "br")["Content-Encoding"] == "br"


@needs_nginx
def test_nginx_sends_wasm_as_wasm_and_a_missing_file_as_missing(nginx):
    image = next(url for url in released_files() if url.endswith(".wasm"))
    assert headers(nginx + image)["Content-Type"] == "application/wasm"
    with pytest.raises(URLError, match="404"):
        headers(f"{nginx}absent.js")
