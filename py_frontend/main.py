"""The page: from the pen to the answer, and from the choice of a model to its network.

Makes the page's objects and connects them, in the order in which the data flows.
"""

from pyscript import window

from browser.address import Address
from browser.answer import AnswerCard
from browser.backends import Wasm, WebGPU
from browser.chart import ProbabilityChart
from browser.controls import BackendChoice, ModelChoice, Toolbar
from browser.events import Background, next_frame, resume_before_paint
from browser.examples import Examples
from browser.files import before_python, fetch_index
from browser.gpu import Gpu
from browser.pad import DrawingPad
from browser.panels.benchmark import BenchmarkControls
from browser.panels.both import BothPanel
from browser.panels.input import InputPanel
from browser.panels.layers import LayersPanel
from browser.panels.neighbours import NeighboursPanel
from browser.panels.speed import SpeedPanel
from browser.panels.why import WhyPanel
from browser.status import Status
from browser.storage import Storage
from browser.timing import Timing
from core.backend_timer import BackendTimer
from core.benchmark import Benchmark
from core.catalog import Catalog
from core.chooser import BackendChooser
from core.options import parse_options
from core.page import Page
from core.panels import Panels
from core.reader import Reader
from core.record import Record
from core.runtime import Runtime
from core.sketch import parse_sketch
from core.speed import Speed
from core.turns import Turns

resume_before_paint()
before = await before_python()
options = parse_options(window.location.search)
timing = Timing()
status = Status()
background = Background(status.guard)
address = Address()

# From the pen to the answer.
pad = DrawingPad()
toolbar = Toolbar()
catalog = Catalog(fetch_index)
models = ModelChoice()
backends = BackendChoice(options.backend)
gpu = Gpu()
record = Record()
# While nothing is known of this machine, WASM runs first: it is ready at once.
runtime = Runtime((Wasm(), WebGPU(gpu)))
timer = BackendTimer(runtime, timing.now_ms, next_frame, record.note_first)
chooser = BackendChooser(runtime, Storage(), timer, gpu.name)
reader = Reader(runtime, timing, lambda: pad.area)

# What shows it. A new panel is one name here, one module and one section of index.html. Work that
# a panel has done for itself may fail without harm to the rest.
speed = Speed(runtime, record, chooser.times)
aside = Background(status.guard_panel)
chart = ProbabilityChart()
panels = Panels(
    (
        AnswerCard(),
        chart,
        InputPanel(),
        LayersPanel(runtime, aside.run),
        WhyPanel(runtime, Turns(timing.now_ms, next_frame).pause, aside.run),
        NeighboursPanel(runtime, aside.run),
        BothPanel(catalog, reader, aside.run),
        SpeedPanel(speed, aside.run),
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
status.on_retry(page.choose)
panels.on_fault(status.tell)
Examples(pad, next_frame, background.run)

pad.resume(parse_sketch(before.takeOver()))
await status.guard(page.start)()

# The first drawing of a chart takes long: the page is ready before it.
await next_frame()
chart.begin()
