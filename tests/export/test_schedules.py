"""Schedules of kernels: those made by rule fit networks of any width, those on record fit the
networks they were measured on."""

import json
import math
import re

import pytest
from tinygrad import Tensor, dtypes
from tinygrad.codegen.opt import OptOps

from export.compile import schedules as tuning
from export.compile import wasm, wgsl
from export.compile.graph import ExportError
from export.compile.memory import split
from export.compile.package import MODELS_FOLDER, NET
from export.compile.packing import read_words
from export.compile.renderers import PlainWGSL, WasmC
from export.compile.schedule_rules import DEFAULT_SCHEDULES, Axes
from export.compile.wasm import module
from export.compile.wgsl import MAX_WORKGROUP_INVOCATIONS, kernels
from tests.support.networks import MAX_KERNELS, graphs_of, net_data
from training.networks.models import CNN, MLP, MODELS
from training.networks.quantize import FusedMaxPool


def on_gpu(make):
    """The kernels of a network as they are scheduled for a GPU."""
    return [read_words(step.ast) for step in graphs_of(make).wgsl.steps]


@pytest.mark.parametrize(
    "make",
    [
        lambda: MLP(width=1),
        lambda: MLP(width=77),
        lambda: MLP(width=100, activation="gelu"),
        lambda: CNN(width=5, activation="silu"),
    ],
    ids=["mlp 1", "mlp 77", "mlp 100 gelu", "cnn 5 silu"],
)
def test_every_width_and_activation_can_be_exported(make):
    """Even widths of images, for which no schedule is on record, has test_third_network.py."""
    graphs = graphs_of(make)
    sources, dispatches = kernels(graphs.wgsl)
    binary, _ = module(graphs.wasm)
    assert len(sources) == len(dispatches) == len(graphs.wgsl.steps)
    assert binary.startswith(b"\0asm")


@pytest.mark.parametrize(
    "make",
    [lambda: MLP(width=30), lambda: CNN(width=24), lambda: CNN(width=37)],
    ids=["mlp 30", "cnn 24", "cnn 37"],
)
def test_the_schedules_by_rule_fit_every_width(make):
    for kernel in on_gpu(make):
        laid_out = tuning.tuned(kernel, PlainWGSL(), "wgsl", "kernel")
        opts = laid_out.arg.opts_to_apply
        threads = [opt.arg for opt in opts if opt.op in (OptOps.LOCAL, OptOps.GROUP)]
        assert opts and math.prod(threads) <= MAX_WORKGROUP_INVOCATIONS
    for step in split(graphs_of(make).wasm)[1]:
        axes = tuning.axes_of(step.ast, WasmC())
        assert axes.is_convolution or axes.is_dense
        tuning.tuned(step.ast, WasmC(), "wasm", "kernel")


def test_a_convolution_of_five_by_five_can_be_exported():
    class Five:
        def __init__(self):
            self.weight = Tensor.ones(6, 1, 5, 5, dtype=dtypes.int8).contiguous()

        def __call__(self, ink):
            return (
                ink.reshape(1, 1, 28, 28)
                .conv2d(self.weight.cast(dtypes.float32))
                .relu()
                .max((2, 3))
            )

    five = Five()
    assert kernels(wgsl.graph_of(five))[0] and module(wasm.graph_of(five))[0]


def test_a_pooling_is_computed_within_the_convolution_before_it():
    found = [tuning.axes_of(kernel, PlainWGSL()) for kernel in on_gpu(MODELS["cnn"])]
    assert [axes.outputs for axes in found if axes.is_pooled] == [(24, 12, 12), (64, 4, 4)]
    assert all(axes.is_convolution or axes.is_dense for axes in found)


@pytest.mark.parametrize(
    "axes, schedule",
    [
        # The whole 4x4 image to a thread, and few threads: four share each sum.
        (
            Axes((128, 4, 4), (128, 3, 3)),
            [
                ("UNROLL", 2, 0),
                ("UNROLL", 1, 0),
                ("LOCAL", 0, 8),
                ("UPCAST", 2, 4),
                ("UPCAST", 1, 4),
                ("GROUP", 0, 4),
            ],
        ),
        # Channels are used up by the threads side by side, so that width has become axis 1 and
        # height axis 0.
        (
            Axes((8, 4, 4), (8, 3, 3, 2, 2)),
            [
                ("UNROLL", 4, 0),
                ("UNROLL", 3, 0),
                ("UNROLL", 2, 0),
                ("UNROLL", 1, 0),
                ("LOCAL", 0, 8),
                ("UPCAST", 1, 2),
                ("UPCAST", 0, 2),
            ],
        ),
        (Axes((7, 11, 11), (3, 3)), [("UNROLL", 1, 0), ("UNROLL", 0, 0), ("UPCAST", 1, 11)]),
    ],
)
def test_convolutions_are_laid_out_by_rule(axes, schedule):
    assert DEFAULT_SCHEDULES["wgsl"](axes) == schedule


@pytest.mark.parametrize("name", MODELS)
def test_for_wasm_each_layer_s_weights_are_unpacked_once_and_each_layer_is_one_kernel(name):
    once, always = split(graphs_of(MODELS[name]).wasm)
    assert len(once) == len(always) == MAX_KERNELS[name]
    found = [tuning.axes_of(step.ast, WasmC()) for step in always]
    assert all(axes.is_convolution or axes.is_dense for axes in found)


@pytest.mark.parametrize("name", MODELS)
def test_threads_that_handed_over_their_part_of_a_sum_end(name):
    """In what ships, which is what this code exports, says test_committed_models.py."""
    shaders = net_data((MODELS_FOLDER / name / NET).read_bytes())["kernels"]
    sources = [shader["source"] for shader in shaders]
    sharing = [source for source in sources if "workgroupBarrier" in source]
    assert sharing
    for source in sharing:
        assert re.search(
            r"workgroupBarrier\(\);\n  if \((lidx\d)!=0\) \{ return; \}\n(.|\n)*\(\1==0\)", source
        )


def signatures(name: str) -> dict[str, set[str]]:
    """The keys under which each kernel of a network could have a record."""
    on_processor = graphs_of(MODELS[name]).wasm.steps
    return {
        "wgsl": {tuning.signature(kernel, PlainWGSL()) for kernel in on_gpu(MODELS[name])},
        "wasm": {tuning.signature(step.ast, WasmC()) for step in on_processor},
    }


def test_every_record_belongs_to_a_kernel_of_the_two_networks():
    records = json.loads(tuning.SCHEDULES_FILE.read_text())
    assert set(records) == {"wgsl", "wasm"}
    known = [signatures(name) for name in MODELS]
    for target, schedules in records.items():
        assert set(schedules) <= set().union(*(found[target] for found in known))


def test_a_record_that_does_not_fit_names_the_kernel(monkeypatch):
    graph = graphs_of(lambda: MLP(width=16)).wgsl
    key = tuning.signature(read_words(graph.steps[0].ast), PlainWGSL())
    monkeypatch.setattr(tuning, "_recorded", lambda: {"wgsl": {key: [["UPCAST", 0, 7]]}})
    with pytest.raises(
        ExportError, match=r"16 x 784r.* for wgsl does not fit: UPCAST of axis 0 by 7"
    ):
        kernels(graph)


def test_a_record_decides_the_kernel(monkeypatch):
    graph = graphs_of(lambda: MLP(width=16)).wgsl
    key = tuning.signature(read_words(graph.steps[0].ast), PlainWGSL())
    monkeypatch.setattr(tuning, "_recorded", lambda: {"wgsl": {key: [["LOCAL", 0, 2]]}})
    sources, dispatches = kernels(graph)
    assert "@workgroup_size(2)" in sources[0].source and dispatches[0].workgroups == (8, 1, 1)


@pytest.mark.parametrize("size", [(1, 3, 8, 8), (2, 3, 7, 5)])
def test_pooling_as_it_ships_is_tinygrads(size):
    image = Tensor.arange(math.prod(size)).reshape(size).mul(37).mod(101).float()
    assert FusedMaxPool()(image).tolist() == image.max_pool2d().tolist()
