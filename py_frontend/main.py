"""The page: from the pen to the answer, and from the choice of a model to the network that gives
it."""

from pyscript import document, window

from browser.backends import Wasm, WebGPU, gpu_name
from browser.benchmark import BenchmarkPanel
from browser.chart import ProbabilityChart
from browser.controls import BackendChoice, ModelChoice, Toolbar
from browser.events import Background, listen, next_frame, resume_before_paint
from browser.files import MODELS, fetch_text, import_module
from browser.pad import DrawingPad
from browser.panel import SpeedPanel
from browser.storage import Storage
from browser.timing import Timing
from browser.view import View
from core.benchmark import Benchmark
from core.catalog import ModelEntry, first_choice, parse_catalog
from core.chooser import BackendChooser
from core.errors import PageError
from core.latest import LatestOnly
from core.options import parse_options
from core.reader import Answer, Reader
from core.record import Record
from core.runtime import Runtime
from core.strokes import Stroke
from core.trial import Trial, in_words, sample_ink

resume_before_paint()
before_python = await import_module("./js/before-python.js")
options = parse_options(window.location.search)
timing, record, background, view = (
    Timing(),
    Record(),
    Background(),
    View(on_failure=lambda: show(None)),
)
chart = ProbabilityChart(document.getElementById("prob-chart"))
catalog: dict[str, ModelEntry] = {}


def run(work, *arguments) -> None:
    background.start(view.guard(work)(*arguments))


def show(answer: Answer | None) -> None:
    if answer is None:
        view.show_nothing()
        chart.show_nothing()
        return
    with timing.measured("predict:view") as viewing:
        view.show(answer.prediction, answer.inference_ms)
        chart.show(answer.prediction)
    record.note(answer, viewing.ms, timing.measure("predict:total", answer.start_ms))
    timing.mark_once("app:first-prediction")
    panel.follow()


def drawn(strokes: tuple[Stroke, ...]) -> None:
    toolbar.show_idle(undo=not pad.can_undo, redo=not pad.can_redo, clear=not strokes)
    if reader.is_ready:
        run(latest.submit, strokes)


def changing(step):
    """A command that changes the whole drawing; an answer to what was there before is not shown any
    more."""

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
    gpu = background.start(gpu_name())
    entries = parse_catalog(await fetch_text(MODELS + "index.json"))
    chooser.gpu = await gpu
    catalog.update(entries)
    choice.offer(catalog.values(), first_choice(options.model or choice.name, list(catalog)))
    await choose()


async def choose(remark: str = "") -> None:
    latest.drop()
    show(None)
    model = catalog[choice.name]
    view.loading(f"Loading the {model.title.lower()} ...")
    chooser.choose(model, backend_choice.name)
    describe(model)
    if await reader.choose(model):
        describe(model)
        view.ready(" ".join(filter(None, ["Ready: draw a digit.", remark, *runtime.refusals])))
        timing.mark_once("app:ready")
        drawn(pad.strokes)
        run(settle, model)


async def settle(model: ModelEntry) -> None:
    """Once the page is ready: which backend is the faster, where nobody knows yet."""
    if await chooser.settle():
        drawn(pad.strokes)
    if choice.name == model.name:
        describe(model)


def describe(model: ModelEntry) -> None:
    view.describe(model, runtime.backend_name)
    panel.show_backends(in_words(chooser.times(model)))
    panel.follow()


async def choose_or_start() -> None:
    """Also after a start that failed: then there is nothing yet to choose from."""
    await (choose() if catalog else start())


async def show_times() -> None:
    """What predictions took. The GPU is timed afterwards and only now, so that no prediction waits
    for its clock."""
    if not catalog:
        return
    model, backend, answer = catalog[choice.name], runtime.backend_name, record.latest
    if answer and (answer.model, answer.inference.backend) == (model, backend):
        record.note_gpu(answer, await runtime.gpu_ms(backend, model, answer.ink))
    count = record.count(model.name, backend)
    panel.show_times(
        f"{model.title} on {backend}, last {count} predictions, in ms",
        record.figures(model.name, backend),
    )


async def run_benchmark() -> None:
    if benchmark.is_running:
        benchmark.stop()
        return
    if not reader.is_ready:
        benchmark_panel.end("There is no model to time yet.", None)
        return
    model, backend = catalog[choice.name], runtime.backend_name
    benchmark_panel.begin()
    try:
        distribution = await benchmark.run(lambda: runtime.infer_on(backend, model, sample_ink()))
    except PageError as error:
        benchmark_panel.end(str(error), None)
    else:
        benchmark_panel.end(
            f"{model.title} on {backend}: {distribution or 'stopped'}", distribution
        )


runtime = Runtime(
    (WebGPU, Wasm), on_lost=lambda: run(choose, "The GPU was lost; the model has been loaded anew.")
)
chooser = BackendChooser(
    runtime, Storage(), Trial(runtime, timing.now_ms, next_frame, record.note_first)
)
reader = Reader(runtime, timing)
latest = LatestOnly(reader.read, show)
pad = DrawingPad(document.getElementById("draw-canvas"), on_change=drawn)
toolbar = Toolbar(
    {
        "pen": taking("pen"),
        "eraser": taking("eraser"),
        "undo": changing(pad.undo),
        "redo": changing(pad.redo),
        "clear": changing(pad.clear),
    }
)
choice = ModelChoice(on_choice=lambda: run(choose_or_start))
backend_choice = BackendChoice(options.backend, on_choice=lambda: run(choose_or_start))
panel = SpeedPanel(refresh=lambda: run(show_times))
benchmark_panel = BenchmarkPanel(on_press=lambda: run(run_benchmark))
benchmark = Benchmark(timing.now_ms, next_frame, benchmark_panel.progress)
listen(document.getElementById("retry"), "click", lambda _event: run(choose_or_start))
pad.replay(before_python.takeOver())

await view.guard(start)()
