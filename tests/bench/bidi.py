"""A real Firefox, driven over WebDriver BiDi (W3C), which it speaks by itself; Playwright drives
only a Firefox of its own."""

import asyncio
import json
import re
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from .files import MissingPackage, extra_packages

NAMES = ("firefox", "firefox-esr")
PREFERENCES = {
    "dom.webgpu.enabled": True,
    "gfx.webgpu.ignore-blocklist": True,
    "app.update.enabled": False,
}
LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
ANSWER_S = 120


class BiDiError(Exception):
    """Firefox refused a command, or a script in it threw."""


class Tab:
    """The one tab of a Firefox without windows."""

    def __init__(self, socket):
        """`socket` is a connection of the package websockets."""
        self._socket, self._commands, self._context = socket, 0, ""

    async def open(self) -> None:
        await self._command("session.new", capabilities={})
        tree = await self._command("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    async def go(self, url: str) -> None:
        await self._command(
            "browsingContext.navigate", context=self._context, url=url, wait="complete"
        )

    async def evaluate(self, expression: str):
        """What a JavaScript expression, or the promise that it gives, comes to: text, number,
        boolean or None."""
        answer = await self._command(
            "script.evaluate",
            expression=expression,
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise BiDiError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    async def drag(self, points: list[tuple[float, float]]) -> None:
        """A mouse with its button down, through points in CSS pixels."""
        (x, y), *rest = [(round(x), round(y)) for x, y in points]
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 8} for x, y in rest]
        actions = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            *moves,
            {"type": "pointerUp", "button": 0},
        ]
        await self._command(
            "input.performActions",
            context=self._context,
            actions=[{"type": "pointer", "id": "mouse", "actions": actions}],
        )

    async def _command(self, method: str, **params) -> dict:
        self._commands += 1
        await self._socket.send(
            json.dumps({"id": self._commands, "method": method, "params": params})
        )
        while True:
            message = json.loads(await asyncio.wait_for(self._socket.recv(), ANSWER_S))
            if message.get("id") != self._commands:
                continue  # an event
            if message["type"] == "error":
                raise BiDiError(f"{method}: {message['message']}")
            return message["result"]


def find_firefox() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise MissingPackage(
            "There is no Firefox. Install it, for example: "
            "apt-get install firefox-esr mesa-vulkan-drivers"
        )
    return found


@asynccontextmanager
async def firefox() -> AsyncIterator[Tab]:
    """A tab of a Firefox with a profile of its own; raises MissingPackage where there is none, or
    nothing to speak to it with."""
    with extra_packages():
        from websockets.asyncio.client import connect
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        preferences = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in PREFERENCES.items()
        ]
        Path(profile, "user.js").write_text("\n".join(preferences))
        command = (
            find_firefox(),
            "--headless",
            "--no-remote",
            "--profile",
            profile,
            "--remote-debugging-port",
            "0",
        )
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.DEVNULL, stderr=PIPE
        )
        try:
            async with connect(
                await address(process) + "/session", max_size=None, ping_interval=None
            ) as socket:
                tab = Tab(socket)
                await tab.open()
                yield tab
        finally:
            process.terminate()
            await process.communicate()


async def address(process) -> str:
    """Where Firefox listens, as it says once it does."""
    said = []
    while line := await asyncio.wait_for(process.stderr.readline(), ANSWER_S):
        said.append(line)
        if found := LISTENING.search(line):
            return found[1].decode()
    raise BiDiError(f"Firefox ended: {b''.join(said).decode(errors='replace').strip()[-500:]}")
