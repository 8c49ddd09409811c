"""The page: from the pen to the answer, and from the choice of a model to its network.

Makes the page's objects and connects them, in the order in which the data flows.
"""

from pyscript import window

from browser.address import Address
from browser.answer import AnswerCard
from browser.backends import Wasm, WebGPU
from browser.chart import ProbabilityChart
from browser.controls import BackendChoice, ModelChoice, Toolbar
from browser.correction import CorrectionRow
from browser.events import Background, next_frame, on_return, paced, resume_before_paint
from browser.examples import Examples
from browser.files import before_python, fetch_index
from browser.gpu import Gpu
from browser.greeting import Greeting
from browser.keyboard import KeyboardPen
from browser.live import live
from browser.pad import DrawingPad
from browser.panels.benchmark import BenchmarkControls
from browser.panels.both import BothPanel
from browser.panels.code import CodePanel
from browser.panels.input import InputPanel
from browser.panels.layers import LayersPanel
from browser.panels.learned import LearnedPanel
from browser.panels.neighbours import NeighboursPanel
from browser.panels.speed import SpeedPanel
from browser.panels.why import WhyPanel
from browser.saving import Saving
from browser.speech import Speech
from browser.status import Status
from browser.storage import Storage
from browser.tabs import OtherTabs
from browser.taught_files import TaughtFiles
from browser.taught_store import TaughtStore
from browser.timing import Timing
from browser.weights import model_bytes
from core.adapted import AdaptedRuntime
from core.backend_timer import BackendTimer
from core.benchmark import Benchmark
from core.catalog import Catalog
from core.chooser import BackendChooser
from core.handover import parse_handover
from core.image import mnist_image
from core.keeper import Keeper
from core.options import parse_options
from core.page import Page
from core.panels import Panels
from core.pupil import Pupil
from core.reader import Reader
from core.record import Record
from core.runtime import Runtime
from core.speed import Speed
from core.teacher import Teacher
from core.turns import Turns

LAST_MODEL, LAST_PANELS = "model", "panels"  # what the browser keeps from visit to visit

resume_before_paint()
handover = parse_handover((await before_python()).takeOver())
options = handover.options or parse_options(window.location.search)
timing = Timing()
status = Status()
storage = Storage()
background = Background(status.guard)
address = Address(is_new=handover.options is None)

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
chooser = BackendChooser(runtime, storage, timer, gpu.name)

# What the person teaches, and networks that read with what they have learned of it.
learning = Background(status.guard_learning)
turns = Turns(timing.now_ms, next_frame)
teacher = Teacher(
    lambda model: Pupil(
        model, runtime, model_bytes, lambda strokes: mnist_image(strokes, pad.area), turns.pause
    ),
    learning.run,
)
networks = AdaptedRuntime(runtime, teacher)
reader = Reader(networks, timing, lambda: pad.area)

# What shows it. A new panel is one name here, one module and one section of index.html. Work that
# a panel has done for itself may fail without harm to the rest.
speed = Speed(runtime, record, chooser.times)
correction = CorrectionRow(teacher)
keeper = Keeper(teacher, TaughtStore(), OtherTabs(), learning.run, correction.remark)
aside = Background(status.guard_panel)
code = CodePanel(aside.run)
chart = ProbabilityChart()
panels = Panels(
    (
        AnswerCard(lambda: reader.sees_ink(pad.content)),
        Speech(),
        correction,
        chart,
        InputPanel(),
        LayersPanel(runtime, aside.run),
        WhyPanel(networks, turns.pause, aside.run),
        NeighboursPanel(runtime, aside.run),
        LearnedPanel(teacher, turns.pause, aside.run),
        BothPanel(catalog, reader, aside.run, pad.load),
        SpeedPanel(speed, aside.run),
        code,
    ),
    paced,
)

page = Page(
    background.run,
    catalog,
    address,
    options.model or storage.recall(LAST_MODEL),
    pad=pad,
    toolbar=toolbar,
    models=models,
    backends=backends,
    runtime=runtime,
    chooser=chooser,
    reader=reader,
    teacher=teacher,
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
runtime.on_left = page.choose
on_return(runtime.doubt)
pad.on_change(page.drawn)
toolbar.connect(page.commands)
correction.on_correction(page.correct)
correction.on_approach(page.expect_correction)
teacher.on_learned(page.reread)
teacher.on_learned(status.learned)
address.on_share(page.share)
address.on_change(page.follow_link)
models.on_choice(page.choose)
models.on_choice(lambda: storage.keep(LAST_MODEL, models.name))
backends.on_choice(page.choose)
benchmark_controls.on_press(lambda: background.run(benchmark.press, page.subject))
status.on_retry(page.choose)
panels.on_fault(status.tell)
panels.open((storage.recall(LAST_PANELS) or "").split())
panels.on_toggle(lambda: storage.keep(LAST_PANELS, " ".join(panels.open_names)))
KeyboardPen(pad)
Examples(pad, background.run)
Saving(lambda: pad.content, aside.run)

pad.resume(handover.sketch)
toolbar.show_tool(pad.tool)
panels.open(handover.panels)
await status.guard(page.start)()

TaughtFiles(teacher, learning.run)
keeper.begin()

# The first drawing of a chart takes long: the page is ready before it.
await next_frame()
chart.begin()
background.run(Greeting(pad, storage, lambda: reader.is_ready).begin)

live.started(page)
code.restore()
