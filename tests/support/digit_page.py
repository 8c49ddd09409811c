"""The page as a person uses it: the only place that knows its ids."""

import io
import re
from collections.abc import Iterable, Sequence
from contextlib import contextmanager

from PIL import Image
from playwright.sync_api import Page, expect

from .glyphs import GLYPHS, Point
from .page_errors import PageErrors

START_MS = 60_000
STILL_MS = 250  # longer than an inference takes
ANSWER = r"(?: \(\d{1,3}%\)|\? Not sure this is a digit)$"  # after the digit
NO_ANSWER = "Draw a digit"
PHONE = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 3,
}
MEASURES = ("predict:image", "predict:inference", "predict:view", "predict:total")


class DigitPage:
    """Points are in 0..1 of the canvas's content box."""

    def __init__(self, page: Page):
        self.page, self.errors = page, PageErrors(page)
        self.root = page.locator("html")
        self.canvas = page.locator("#draw-canvas")
        (
            self.prediction,
            self.status,
            self.backend,
            self.inference_time,
            self.chart,
            self.model,
            self.retry,
        ) = (
            page.locator(f"#{name}")
            for name in (
                "prediction",
                "status",
                "backend",
                "inference-time",
                "prob-chart",
                "model",
                "retry",
            )
        )
        self.parameters = page.locator("#parameters")
        self.backend_choice, self.backend_times = (
            page.locator("#backend-choice"),
            page.locator("#backend-times"),
        )
        self.speed, self.times = page.locator("#panel-speed summary"), page.locator("#times")
        self.benchmark, self.benchmark_result = (
            page.locator("#benchmark"),
            page.locator("#benchmark-result"),
        )
        self.pen, self.eraser, self.undo, self.redo, self.clear = (
            page.get_by_role("button", name=name, exact=True)
            for name in ("Pen", "Eraser", "Undo", "Redo", "Clear")
        )
        self._cdp = None

    def open(self, url: str) -> "DigitPage":
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

    def show_speed(self) -> None:
        """Opens the panel with the times, unless it is open."""
        if not self.times.is_visible():
            self.speed.click()

    def reset(self) -> None:
        """A page that other tests have used, as if it were new."""
        self.clear.click()
        self.pen.click()
        self.choose("mlp")
        self.expect_ready()
        self.expect_no_answer()

    def at(self, point: Point) -> Point:
        """Viewport pixels of a point of the canvas, whatever its border and padding."""
        left, top, width, height = self.page.evaluate("""() => {
          const canvas = document.getElementById("draw-canvas"),
                box = canvas.getBoundingClientRect(), style = getComputedStyle(canvas);
          const px = (name) => parseFloat(style[name]), scale = box.width / canvas.offsetWidth;
          const left = px("borderLeftWidth") + px("paddingLeft");
          const top = px("borderTopWidth") + px("paddingTop");
          return [box.left + left * scale, box.top + top * scale,
            box.width - (left + px("borderRightWidth") + px("paddingRight")) * scale,
            box.height - (top + px("borderBottomWidth") + px("paddingBottom")) * scale];
        }""")
        return left + point[0] * width, top + point[1] * height

    def draw_digit(self, digit: int, pointer: str = "mouse") -> None:
        for stroke in GLYPHS[digit]:
            self.draw(stroke, pointer)

    def draw(self, points: Sequence[Point], pointer: str = "mouse") -> None:
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
        screen = Image.open(io.BytesIO(self.page.screenshot(scale="css"))).convert("L")
        paper = self.page.evaluate("""() => {
          const { backgroundColor } = getComputedStyle(document.getElementById("draw-canvas"));
          const [r, g, b] = backgroundColor.match(/\\d+/g);
          return 0.299 * r + 0.587 * g + 0.114 * b; }""")
        return [
            abs(screen.getpixel(tuple(map(int, self.at(point)))) - paper) > 90 for point in points
        ]

    def inked_share(self) -> float:
        """The part of the canvas, 0..1, that has ink on it."""
        return self.page.evaluate("""() => {
          const canvas = document.getElementById("draw-canvas"),
                copy = new OffscreenCanvas(canvas.width, canvas.height);
          copy.getContext("2d").drawImage(canvas, 0, 0);
          const pixels = copy.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          let inked = 0;
          for (let i = 3; i < pixels.length; i += 4) inked += pixels[i] > 127;
          return inked / (canvas.width * canvas.height); }""")

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

    def measures(self, name: str) -> list[float]:
        """Milliseconds of every measure of a name so far."""
        return self.page.evaluate(
            "(name) => performance.getEntriesByName(name, 'measure').map((it) => it.duration)", name
        )

    def mark(self, name: str) -> list[float]:
        return self.page.evaluate(
            "(name) => performance.getEntriesByName(name, 'mark').map((it) => it.startTime)", name
        )
