"""WebKitGTK, driven over WebDriver (W3C), with the same commands as Firefox in bidi.py."""

import asyncio
import json
import os
import shutil
import socket
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from .bidi import ANSWER_S, BiDiError
from .files import MissingPackage

MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
START_TRIES, TRY_S = 100, 0.1


class Tab:
    """The one tab of a WebKitGTK."""

    def __init__(self, driver: str):
        """`driver` is the address of a WebKitWebDriver."""
        self._address = f"{driver}/session"

    async def open(self, browser: Path) -> None:
        options = {"binary": str(browser), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = await self._command("", capabilities=wanted)
        self._address += f"/{session['sessionId']}"

    async def go(self, url: str) -> None:
        await self._command("/url", url=url)

    async def evaluate(self, expression: str):
        """What a JavaScript expression comes to: text, number, boolean or None."""
        return await self._command("/execute/sync", script=f"return {expression}", args=[])

    async def drag(self, points: list[tuple[float, float]]) -> None:
        """A mouse with its button down, through points in CSS pixels."""
        (x, y), *rest = [(round(x), round(y)) for x, y in points]
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 8} for x, y in rest]
        actions = [
            {"type": "pointerMove", "x": x, "y": y, "duration": 0},
            {"type": "pointerDown", "button": 0},
            *moves,
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        await self._command("/actions", actions=[{**mouse, "actions": actions}])

    async def close(self) -> None:
        request = Request(self._address, method="DELETE")
        await asyncio.to_thread(_answer, request)

    async def _command(self, path: str, **values):
        body = json.dumps(values).encode()
        headers = {"Content-Type": "application/json"}
        return await asyncio.to_thread(_answer, Request(self._address + path, body, headers))


def _answer(request: Request):
    try:
        with urlopen(request, timeout=ANSWER_S) as response:
            return json.load(response)["value"]
    except HTTPError as error:
        raise BiDiError(f"{request.full_url}: {error.read().decode()[:500]}") from error


@asynccontextmanager
async def webkit() -> AsyncIterator[Tab]:
    """A tab of a WebKitGTK on a screen that nobody sees; raises MissingPackage where something for
    it is missing."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("xvfb-run")
    browser = next(Path("/").glob(MINI_BROWSERS.removeprefix("/")), None)
    if not (driver and screen and browser):
        raise MissingPackage(
            "There is no WebKitGTK to drive. Install it, for example: "
            "apt-get install webkit2gtk-driver xvfb xauth"
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        screen,
        "--auto-servernum",
        "--server-args=-screen 0 1280x1024x24",
        driver,
        f"--port={port}",
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,
    )
    try:
        await _listening(port)
        tab = Tab(f"http://127.0.0.1:{port}")
        await tab.open(browser)
        yield tab
        await tab.close()
    finally:
        os.killpg(process.pid, 15)
        await process.wait()


async def _listening(port: int) -> None:
    for _ in range(START_TRIES):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        await asyncio.sleep(TRY_S)
    raise BiDiError("WebKitWebDriver does not listen.")
