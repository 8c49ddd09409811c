"""Draws on the page as a hand does: events come whether or not the page is ready for them."""

import asyncio
import random
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from time import perf_counter

from playwright.async_api import Page, async_playwright, expect

from export.setup.tools import chromium
from tests.support.chromium import CHROMIUM_FLAGS
from tests.support.digit_page import GREETED
from tests.support.glyphs import GLYPHS
from tests.support.serving import served

from .lines import resampled, scribble

MODELS = ("mlp", "cnn")
BACKENDS = ("wasm", "webgpu")
EVENTS_PER_S = 125  # of a mouse; screens and pens tell of 60 to 240
POINTS_PER_STROKE = 100
CURVE_POINTS = (50, 100, 200, 500, 1000, 2000)
CURVE_REPEATS = 20
CLOSED = "none"
PANELS = (CLOSED, "input", "layers", "why", "neighbours", "both", "speed")  # of which one is open
START_MS = 60_000

# A stroke of many points in one event, and then a few more of one point each, a frame apart.
DRAW_AT_ONCE = """async ([points, repeats]) => {
  const canvas = document.getElementById("draw-canvas"), box = canvas.getBoundingClientRect();
  const event = (type, [x, y], more) => new PointerEvent(type, {
    bubbles: true, pointerId: 1, pointerType: "pen",
    button: type === "pointermove" ? -1 : 0, buttons: type === "pointerup" ? 0 : 1,
    clientX: box.left + x * box.width, clientY: box.top + y * box.height, ...more });
  const frame = () => new Promise(requestAnimationFrame);
  const [first, ...rest] = points;
  canvas.dispatchEvent(event("pointerdown", first));
  const coalescedEvents = rest.map((point) => event("pointermove", point));
  canvas.dispatchEvent(event("pointermove", rest.at(-1), { coalescedEvents }));
  for (let i = 0; i < repeats; i++) {
    await frame();
    await frame();
    const [x, y] = rest.at(-1);
    canvas.dispatchEvent(event("pointermove", [x + (i % 2 ? 0 : 0.004), y]));
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  canvas.dispatchEvent(event("pointerup", rest.at(-1)));
}"""


async def measure(
    models: list[str], backends: list[str], rounds: int, panels: list[str] | None = None
) -> dict:
    """{latency: by "model on backend" and the open panel, what the recorder found; curve: by kind
    of line and number of points, the page's own measures}."""
    async with served_browser() as (url, browser):
        latency = {}
        for model, backend, panel in product(models, backends, panels or [CLOSED]):
            async with opened(browser, address(url, model, backend, panel)) as page:
                sent = await draw_digits(page, rounds)
                name = f"{model} on {backend}" + (f", {panel} open" if panel != CLOSED else "")
                latency[name] = {"sent": sent, **await page.evaluate("recorded")}
        async with opened(browser, f"{url}?backend={backends[0]}&model={models[0]}") as page:
            curve = {
                kind: [await curve_point(page, line, count) for count in CURVE_POINTS]
                for kind, line in (
                    ("digit", resampled(GLYPHS[8][0], max(CURVE_POINTS))),
                    ("scribble", scribble(max(CURVE_POINTS))),
                )
            }
    return {"latency": latency, "curve": curve}


def address(url: str, model: str, backend: str, panel: str) -> str:
    fragment = f"#panels={panel}" if panel != CLOSED else ""
    return f"{url}?model={model}&backend={backend}{fragment}"


@asynccontextmanager
async def served_browser():
    with served() as url:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium(), args=CHROMIUM_FLAGS
            )
            yield url, browser
            await browser.close()


@asynccontextmanager
async def opened(browser, url: str):
    page = await browser.new_page()
    await page.add_init_script(GREETED)
    await page.add_init_script(path=Path(__file__).with_name("recorder.js"))
    await page.goto(url)
    await expect(page.locator("html")).to_have_attribute("data-state", "ready", timeout=START_MS)
    yield page
    await page.close()


async def draw_digits(page: Page, rounds: int) -> int:
    """How many events with the pen down were sent."""
    cdp = await page.context.new_cdp_session(page)
    box = await page.locator("#draw-canvas").bounding_box()
    sent = 0
    for _ in range(rounds):
        for strokes in GLYPHS.values():
            for line in strokes:
                points = [
                    (box["x"] + x * box["width"], box["y"] + y * box["height"])
                    for x, y in resampled(line, POINTS_PER_STROKE)
                ]
                sent += await draw(cdp, points)
            await page.wait_for_timeout(150)
            await page.locator("#clear").click()
    return sent


async def draw(cdp, points) -> int:
    """Sends the events at a mouse's pace and waits for no answer, so that they fall anywhere
    between two frames."""

    def send(kind: str, point, buttons: int):
        return asyncio.ensure_future(
            cdp.send(
                "Input.dispatchMouseEvent",
                {
                    "type": kind,
                    "x": point[0],
                    "y": point[1],
                    "button": "left",
                    "buttons": buttons,
                    "clickCount": int(kind != "mouseMoved"),
                },
            )
        )

    answers = [send("mousePressed", points[0], 1)]
    start = perf_counter() + random.random() / EVENTS_PER_S
    for position, point in enumerate(points[1:], 1):
        await asyncio.sleep(max(0, start + position / EVENTS_PER_S - perf_counter()))
        answers.append(send("mouseMoved", point, 1))
    await asyncio.gather(*answers)
    await send("mouseReleased", points[-1], 0)
    return len(points)


async def curve_point(page: Page, line, count: int) -> dict:
    """Milliseconds of predictions of one stroke of so many points."""
    await page.evaluate("recorded.measures.length = 0")
    step = len(line) / count
    await page.evaluate(
        DRAW_AT_ONCE, [[line[int(step * position)] for position in range(count)], CURVE_REPEATS]
    )
    measures = await page.evaluate("recorded.measures")
    await page.locator("#clear").click()
    stages = ("image", "total")
    return {
        "points": count,
        **{
            stage: [ms for name, _, ms in measures if name == f"predict:{stage}"]
            for stage in stages
        },
    }
