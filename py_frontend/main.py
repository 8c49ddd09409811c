"""The page: from the pen to the answer, and from the choice of a model to its network.

Makes the page's objects and connects them, in the order in which the data flows.
"""

from pyscript import document, window

from browser.address import Address
from browser.answer import AnswerCard
from browser.backends import Wasm, WebGPU
from browser.chart import ProbabilityChart
from browser.controls import BackendChoice, ModelChoice, Toolbar
from browser.events import Background, listen, next_frame, resume_before_paint
from browser.examples import Examples
from browser.files import fetch_index, import_module
from browser.gpu import Gpu
from browser.pad import DrawingPad
from browser.panels.benchmark import BenchmarkControls
from browser.panels.both import BothPanel
from browser.panels.input import InputPanel
from browser.panels.layers import LayersPanel
from browser.panels.speed import SpeedPanel
from browser.panels.why import WhyPanel
from browser.status import Status
from browser.storage import Storage
from browser.timing import Timing
from core.benchmark import Benchmark
from core.catalog import Catalog
from core.chooser import BackendChooser
from core.options import parse_options
from core.page import Page
from core.panels import Panels
from core.reader import Reader
from core.record import Record
from core.runtime import Runtime
from core.trial import Trial
from core.turns import Turns

resume_before_paint()
before_python = await import_module("./js/before-python.js")
options = parse_options(window.location.search)
timing, status, record, gpu = Timing(), Status(), Record(), Gpu()
catalog = Catalog(fetch_index)
background = Background(status.guard)
address = Address()

# From the pen to the answer.
pad, toolbar, models, backends = (
    DrawingPad(),
    Toolbar(),
    ModelChoice(),
    BackendChoice(options.backend),
)
runtime = Runtime((WebGPU(gpu), Wasm()))
trial = Trial(runtime, timing.now_ms, next_frame, record.note_first)
chooser = BackendChooser(runtime, Storage(), trial, gpu.name)
reader = Reader(runtime, timing)

# What shows it. A new panel is one name here, one module and one section of index.html.
panels = Panels(
    (
        AnswerCard(),
        ProbabilityChart(),
        InputPanel(),
        LayersPanel(runtime, background.run),
        WhyPanel(runtime, Turns(timing.now_ms, next_frame).pause, background.run),
        BothPanel(catalog, reader, background.run),
        SpeedPanel(record, runtime, chooser.times, background.run),
    )
)

page = Page(
    background.run,
    catalog,
    address,
    options.model,
    pad=pad,
    toolbar=toolbar,
    models=models,
    backends=backends,
    runtime=runtime,
    chooser=chooser,
    reader=reader,
    status=status,
    panels=panels,
    record=record,
    timeline=timing,
)
benchmark_controls = BenchmarkControls()
benchmark = Benchmark(timing.now_ms, next_frame, benchmark_controls)

# Who calls whom.
status.on_failure = page.forget_answer
runtime.on_lost = page.gpu_lost
pad.on_change(page.drawn)
toolbar.connect(page.commands)
address.on_share(page.share)
address.on_change(page.follow_link)
models.on_choice(page.choose)
backends.on_choice(page.choose)
benchmark_controls.on_press(lambda: background.run(benchmark.press, page.subject))
listen(document.getElementById("retry"), "click", lambda _event: page.choose())
Examples(pad, next_frame, background.run)

pad.replay(before_python.takeOver())
await status.guard(page.start)()
