"""The page as a person uses it: the only place that knows its ids."""

import io
import re
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from typing import Self

from PIL import Image
from playwright.sync_api import CDPSession, Page, expect

from py_frontend.core.simplification import simplified

from .glyphs import GLYPHS, Point
from .page_errors import PageErrors

START_MS = 60_000
TRIAL_MS = 30_000
WAIT_MS, WAITS = 25, 1200
STILL_MS = 250  # longer than an inference takes
ROUGHNESS = 0.015  # of the canvas
ANSWER = r"(?: \(\d{1,3}%\)|\? Not sure this is a digit)$"  # after the digit
NO_ANSWER = re.compile("^(Draw a digit|Not read yet)$")
BACKEND_TIMES = re.compile(r"^wasm \d+\.\d ms, webgpu \d+\.\d ms$")
PHONE = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 3,
}
MEASURES = ("predict:image", "predict:inference", "predict:view", "predict:total")


CONTENT_BOX = """() => {
  const canvas = document.getElementById("draw-canvas");
  const box = canvas.getBoundingClientRect(), style = getComputedStyle(canvas);
  const px = (name) => parseFloat(style[name]), scale = box.width / canvas.offsetWidth;
  const left = px("borderLeftWidth") + px("paddingLeft");
  const top = px("borderTopWidth") + px("paddingTop");
  const right = px("borderRightWidth") + px("paddingRight");
  const bottom = px("borderBottomWidth") + px("paddingBottom");
  return [box.left + left * scale, box.top + top * scale,
    box.width - (left + right) * scale, box.height - (top + bottom) * scale];
}"""
PAPER = """() => {
  const { backgroundColor } = getComputedStyle(document.getElementById("draw-canvas"));
  const [r, g, b] = backgroundColor.match(/\\d+/g);
  return 0.299 * r + 0.587 * g + 0.114 * b;
}"""
WRITE = f"""(canvas, strokes) => {{
  const [left, top, width, height] = ({CONTENT_BOX})();
  const send = (kind, [x, y], button, buttons) => canvas.dispatchEvent(new PointerEvent(kind, {{
    pointerId: 78, pointerType: "mouse", isPrimary: true, button, buttons, bubbles: true,
    clientX: left + x * width, clientY: top + y * height, cancelable: true }}));
  for (const points of strokes) {{
    send("pointerdown", points[0], 0, 1);
    for (const point of points) send("pointermove", point, -1, 1);
    send("pointerup", points.at(-1), 0, 0);
  }}
}}"""
INKED_SHARE = """() => {
  const canvas = document.getElementById("draw-canvas");
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0;
  for (let i = 3; i < pixels.length; i += 4) inked += pixels[i] > 127;
  return inked / (canvas.width * canvas.height);
}"""
ENTRIES = """([name, type]) => performance.getEntriesByName(name, type)
  .map(({ startTime, duration }) => ({ startTime, duration }))"""


# As a person would, without a click for each: set-up is a good part of many tests.
PRESS = "(button) => { if (button.ariaDisabled !== 'true') button.click(); }"
RESET = f"""() => {{
  const press = {PRESS}, get = (id) => document.getElementById(id);
  const choose = (select, value, again) => {{
    if (select.value === value && !again) return;
    select.value = value;
    select.dispatchEvent(new Event("change", {{ bubbles: true }}));
  }};
  document.querySelectorAll("[aria-controls^=panel-][aria-expanded=true]").forEach(press);
  get("share-note").textContent = "";
  get("share-link").hidden = true;
  press(get("clear"));
  press(get("pen"));
  get("pen").focus();
  const width = get("pen-width");
  choose(width, [...width.options].find(({{ text }}) => text === "Medium").value);
  choose(get("model"), "mlp", document.documentElement.dataset.state !== "ready");
}}"""


# A first visit is greeted with an example; a page on which tests draw is none.
GREETED = """
  try { localStorage.setItem("webgpu-digits greeted", "yes"); } catch { /* none is kept */ }
"""


class DigitPage:
    """Points are in 0..1 of the canvas's content box."""

    def __init__(self, page: Page, is_first_visit: bool = False):
        self.page = page
        if not is_first_visit:
            page.add_init_script(GREETED)
        self.errors = PageErrors(page)
        self.root = page.locator("html")
        self.canvas = page.locator("#draw-canvas")
        self.prediction = page.locator("#prediction")
        self.chart = page.locator("#prob-chart")
        self.status = page.locator("#status")
        self.retry = page.locator("#retry")
        self.model = page.locator("#model")
        self.backend = page.locator("#backend")
        self.parameters = page.locator("#parameters")
        self.inference_time = page.locator("#inference-time")
        self.speed = page.locator("[aria-controls=panel-speed]")
        self.times = page.locator("#times")
        self.times_caption = page.locator("#times-caption")
        self.backend_choice = page.locator("#backend-choice")
        self.backend_times = page.locator("#backend-times")
        self.benchmark = page.locator("#benchmark")
        self.benchmark_result = page.locator("#benchmark-result")
        self.benchmark_chart = page.locator("#benchmark-chart")
        self.pen = page.get_by_role("button", name="Pen", exact=True)
        self.eraser = page.get_by_role("button", name="Eraser", exact=True)
        self.undo = page.get_by_role("button", name="Undo", exact=True)
        self.redo = page.get_by_role("button", name="Redo", exact=True)
        self.clear = page.get_by_role("button", name="Clear", exact=True)
        self.pen_width = page.get_by_label("Pen width")
        self._cdp: CDPSession | None = None

    def open(self, url: str) -> Self:
        self.page.goto(url)
        return self

    def expect_ready(self) -> "DigitPage":
        expect(self.root).to_have_attribute("data-state", "ready", timeout=START_MS)
        expect(self.status).to_have_text(re.compile("^Ready"))
        return self

    def expect_error(self, message: str) -> None:
        expect(self.root).to_have_attribute("data-state", "error", timeout=START_MS)
        expect(self.status).to_contain_text(message)
        self.expect_no_answer()

    def expect_digit(self, digit: int) -> None:
        """The best guess is `digit`, whether or not the network is sure that it sees one."""
        expect(self.prediction).to_have_text(re.compile(f"^{digit}{ANSWER}"))

    def expect_digit_on_each_backend(self, digit: int) -> None:
        for backend in ("webgpu", "wasm"):
            self.choose_backend(backend)
            self.expect_ready()
            self.expect_digit(digit)

    def expect_sure(self, digit: int) -> None:
        expect(self.prediction).to_have_text(re.compile(rf"^{digit} \(\d+%\)$"))

    def expect_abstention(self, digit: int) -> None:
        expect(self.prediction).to_have_text(f"{digit}? Not sure this is a digit")

    def expect_answer(self) -> None:
        expect(self.prediction).to_have_text(re.compile(rf"^\d{ANSWER}"))

    def expect_no_answer(self) -> None:
        expect(self.prediction).to_have_text(NO_ANSWER)
        expect(self.chart).to_have_accessible_name("Probabilities: none yet")

    def choose(self, model: str) -> None:
        self.model.select_option(model)

    def choose_backend(self, backend: str) -> None:
        """auto, webgpu or wasm."""
        self.show_speed()
        self.backend_choice.select_option(backend)

    def panel(self, name: str):
        """A panel: input, layers, why, both or speed."""
        return self.page.locator(f"#panel-{name}")

    def open_panel(self, name: str) -> None:
        """Opens a panel, unless it is open."""
        if not self.panel(name).is_visible():
            self.tab(name).click()
        expect(self.panel(name)).to_be_visible()

    def tab(self, name: str):
        """The button that opens a panel and closes it."""
        return self.page.locator(f"[aria-controls=panel-{name}]")

    def close_panels(self) -> None:
        for button in self.page.locator("#panels .tabs [aria-expanded=true]").all():
            button.click()
        expect(self.page.locator("#panels .panel:visible")).to_have_count(0)

    def wait_until(self, expression: str, arg=None) -> None:
        """Returns once an expression, or a function of `arg`, is true. Playwright's own wait lets
        the page evaluate text, which the page's policy forbids."""
        for _ in range(WAITS):
            if self.page.evaluate(expression, arg):
                return
            self.page.wait_for_timeout(WAIT_MS)
        raise AssertionError(f"never true: {expression}")

    def show_speed(self) -> None:
        self.open_panel("speed")

    def expect_settled(self) -> "DigitPage":
        """Ready, and both backends are measured."""
        self.expect_ready()
        self.show_speed()
        expect(self.backend_times).to_have_text(BACKEND_TIMES, timeout=TRIAL_MS)
        return self

    def reset(self) -> None:
        """A page that other tests have used, as if it were new."""
        self.page.mouse.move(0, 0)
        self.page.evaluate(RESET)
        self.expect_ready()
        self.expect_no_answer()
        expect(self.model).to_have_value("mlp")
        expect(self.page.locator("#panels .panel:visible")).to_have_count(0)

    def wipe(self) -> None:
        """Clears the pad, unless it is empty."""
        self.clear.evaluate(PRESS)

    def at(self, point: Point) -> Point:
        """Viewport pixels of a point of the canvas, whatever its border and padding."""
        left, top, width, height = self.page.evaluate(CONTENT_BOX)
        return left + point[0] * width, top + point[1] * height

    def draw_digit(self, digit: int, pointer: str | None = None) -> None:
        """With a mouse, a pen or touch, each of whose points is a frame, so that there are no more
        than the form needs; by default a script sends the events, within one frame."""
        strokes = [simplified(stroke, ROUGHNESS) for stroke in GLYPHS[digit]]
        if pointer is None:
            self.canvas.evaluate(WRITE, strokes)
            return
        for stroke in strokes:
            self.draw(stroke, pointer)

    def draw(self, points: Sequence[Point], pointer: str | None = "mouse") -> None:
        """Without a pointer a script sends the events."""
        if pointer is None:
            self.canvas.evaluate(WRITE, [points])
            return
        with self.drawing(points, pointer):
            pass

    @contextmanager
    def drawing(self, points: Sequence[Point], pointer: str = "mouse"):
        """The pen is still down in the body of the `with`."""
        down, move, up = {"mouse": self._mouse, "pen": self._pen, "touch": self._finger}[pointer]()
        first, *rest = map(self.at, points)
        down(first)
        for point in rest:
            move(point)
        yield
        up((rest or [first])[-1])

    def touch(self, kind: str, fingers: Iterable[tuple[int, Point]] = ()) -> None:
        """One touch event: Start, Move, End or Cancel, with the fingers (id, viewport pixels) that
        are on the screen."""
        points = [{"id": finger, "x": x, "y": y} for finger, (x, y) in fingers]
        self.cdp.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def dispatch(self, kind: str, point: Point, button: int = 0, buttons: int = 0) -> None:
        """A pen's event made by a script, for what no emulated device can do."""
        x, y = self.at(point)
        self.canvas.dispatch_event(
            kind,
            {
                "clientX": x,
                "clientY": y,
                "pointerId": 77,
                "pointerType": "pen",
                "button": button,
                "buttons": buttons,
            },
        )

    @property
    def cdp(self):
        self._cdp = self._cdp or self.page.context.new_cdp_session(self.page)
        return self._cdp

    def _mouse(self):
        mouse = self.page.mouse

        def down(point):
            mouse.move(*point)
            mouse.down()

        return down, lambda point: mouse.move(*point), lambda _point: mouse.up()

    def _pen(self):
        def send(kind, buttons):
            return lambda point: self.cdp.send(
                "Input.dispatchMouseEvent",
                {
                    "type": kind,
                    "x": point[0],
                    "y": point[1],
                    "pointerType": "pen",
                    "force": 0.5,
                    "buttons": buttons,
                    "button": "left",
                    "clickCount": int(kind != "mouseMoved"),
                },
            )

        return send("mousePressed", 1), send("mouseMoved", 1), send("mouseReleased", 0)

    def _finger(self):
        return (
            lambda point: self.touch("Start", [(1, point)]),
            lambda point: self.touch("Move", [(1, point)]),
            lambda _point: self.touch("End"),
        )

    def ink_at(self, *points: Point) -> list[bool]:
        """Whether the screen shows ink at each point of the canvas."""
        places = [tuple(map(int, self.at(point))) for point in points]
        left, top = map(min, zip(*places, strict=True))
        right, bottom = map(max, zip(*places, strict=True))
        around = {"x": left, "y": top, "width": right - left + 1, "height": bottom - top + 1}
        picture = self.page.screenshot(scale="css", clip=around)
        screen, paper = Image.open(io.BytesIO(picture)).convert("L"), self.page.evaluate(PAPER)
        return [abs(screen.getpixel((x - left, y - top)) - paper) > 90 for x, y in places]

    def inked_share(self) -> float:
        """The part of the canvas, 0..1, that has ink on it."""
        return self.page.evaluate(INKED_SHARE)

    def bar_colours(self) -> list[str]:
        return self.page.evaluate(
            "Array.from(Chart.getChart('prob-chart').data.datasets[0].backgroundColor)"
        )

    def probabilities(self) -> list[float]:
        """What the bars show, once they stand still: the answer to the newest drawing may yet be on
        its way."""
        before, shown = None, self._bars()
        while shown != before:
            self.page.wait_for_timeout(STILL_MS)
            before, shown = shown, self._bars()
        return shown

    def _bars(self) -> list[float]:
        return self.page.evaluate("Array.from(Chart.getChart('prob-chart').data.datasets[0].data)")

    def times_of(self, stage: str):
        """The cells of a row of the table of times: first, last, median, 95th percentile."""
        return self.page.locator(f"#times [data-stage={stage}] td")

    def measures(self, name: str) -> list[float]:
        """Milliseconds of every measure of a name so far."""
        entries = self.page.evaluate(ENTRIES, [name, "measure"])
        return [entry["duration"] for entry in entries]

    def mark(self, name: str) -> list[float]:
        """Milliseconds from the start of the page to every mark of a name."""
        return [entry["startTime"] for entry in self.page.evaluate(ENTRIES, [name, "mark"])]
