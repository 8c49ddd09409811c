"""The page: from the pen to the answer, and from the choice of a model to the network that gives it."""
from browser.backends import Wasm, WebGPU
from browser.chart import ProbabilityChart
from browser.controls import ModelChoice, Toolbar
from browser.events import Background, listen
from browser.files import MODELS, fetch_text, import_module
from browser.pad import DrawingPad
from browser.timing import Timing
from browser.view import View
from core.catalog import ModelEntry, first_choice, parse_catalog
from core.latest import LatestOnly
from core.options import parse_options
from core.reader import Answer, Reader
from core.runtime import Runtime
from core.strokes import Stroke
from pyscript import document, window

before_python = await import_module("./js/before-python.js")
options = parse_options(window.location.search)
timing, background, view = Timing(), Background(), View()
chart = ProbabilityChart(document.getElementById("prob-chart"))
catalog: dict[str, ModelEntry] = {}


def run(work, *arguments) -> None:
    background.start(view.guard(work)(*arguments))


def show(answer: Answer | None) -> None:
    if answer is None:
        view.show_nothing()
        chart.show_nothing()
        return
    with timing.measured("predict:view"):
        view.show(answer.prediction, answer.inference_ms)
        chart.show(answer.prediction)
    timing.measure("predict:total", answer.start_ms)
    timing.mark_once("app:first-prediction")


def drawn(strokes: tuple[Stroke, ...]) -> None:
    toolbar.show_idle(undo=not pad.can_undo, redo=not pad.can_redo, clear=not strokes)
    if reader.is_ready:
        run(latest.submit, strokes)


def changing(step):
    """A command that changes the whole drawing; an answer to what was there before is not shown any more."""
    def command():
        latest.drop()
        step()
    return command


def taking(tool):
    def command():
        pad.tool = tool
        toolbar.show_tool(tool)
    return command


async def start() -> None:
    catalog.update(parse_catalog(await fetch_text(MODELS + "index.json")))
    choice.offer(catalog.values(), first_choice(options.model or choice.name, list(catalog)))
    await choose()


async def choose(remark: str = "") -> None:
    latest.drop()
    show(None)
    model = catalog[choice.name]
    view.loading(f"Loading the {model.title.lower()} ...")
    if await reader.choose(model):
        view.describe(model, runtime.backend_name)
        view.ready(" ".join(filter(None, ["Ready: draw a digit.", remark, *runtime.refusals])))
        timing.mark_once("app:ready")
        drawn(pad.strokes)


async def retry() -> None:
    await (choose() if catalog else start())


choices = [backend for backend in (WebGPU, Wasm) if options.backend in (None, backend.name)]
runtime = Runtime(choices, on_lost=lambda: run(choose, "The GPU was lost; the model has been loaded anew."))
reader = Reader(runtime, timing)
latest = LatestOnly(reader.read, show)
pad = DrawingPad(document.getElementById("draw-canvas"), on_change=drawn)
toolbar = Toolbar({
    "pen": taking("pen"), "eraser": taking("eraser"),
    "undo": changing(pad.undo), "redo": changing(pad.redo), "clear": changing(pad.clear),
})
choice = ModelChoice(on_choice=lambda: run(choose))
listen(document.getElementById("retry"), "click", lambda _event: run(retry))
pad.replay(before_python.takeOver())

await view.guard(start)()
