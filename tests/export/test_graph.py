"""The exported network as data: whatever it is, these hold. What ships is what this code exports,
says test_committed_models.py."""

import hashlib
import math
import re

import numpy as np
import pytest
from safetensors.numpy import load
from tinygrad import Tensor, dtypes, nn
from tinygrad.nn.state import get_state_dict

from export.compile.channels_last import CHANNELS_LAST, channels_last
from export.compile.graph import ExportError, capture
from export.compile.memory import share_scratch, split
from export.compile.outputs import CHANNELS_FIRST
from export.compile.package import MODELS_FOLDER, NET, WEIGHTS
from export.compile.wgsl import graph_of
from tests.bench.float_network import FloatNetwork
from tests.support.networks import (
    MAX_KERNELS,
    NARROW,
    graphs_of,
    net_data,
    scrambled,
    scrambled_quantized,
    without_numbers,
)
from tests.support.numpy_network import NumpyNetwork
from training.networks.layers import Activation, Image, Network, UnknownLayer
from training.networks.models import CLASSES, MODELS, PIXELS, SIDE, normalise
from training.networks.quantize import QuantizedNetwork

DTYPE_OF = {np.dtype("int8"): "I8", np.dtype("float32"): "F32"}
MAX_WORKGROUP_MEMORY_BYTES = 16_384


def shipped(name):
    """What the net.js of a model says."""
    return net_data((MODELS_FOLDER / name / NET).read_bytes())


@pytest.fixture(scope="module", params=MODELS)
def net(request):
    return shipped(request.param)


def roles(net, dispatch):
    return [net["buffers"][i]["role"] for i in dispatch["buffers"]]


def test_each_buffer_has_a_size_that_holds_its_shape(net):
    for buffer in net["buffers"]:
        item = {"F32": 4, "I8": 1}[buffer["dtype"]]
        assert buffer["bytes"] == math.prod(buffer["shape"]) * item


def test_there_is_one_input_and_one_buffer_of_logits(net):
    shapes = {
        wanted: [b["shape"] for b in net["buffers"] if wanted in (b["role"], b["name"])]
        for wanted in ("input", "logits")
    }
    assert shapes == {"input": [[1, PIXELS]], "logits": [[1, CLASSES]]}


def test_each_output_has_a_shape_that_fills_its_buffer_and_each_such_buffer_has_a_name(net):
    floats = {b["name"]: b["bytes"] // 4 for b in net["buffers"] if b["role"] == "output"}
    assert {o["name"]: math.prod(o["shape"]) for o in net["outputs"]} == {
        o["name"]: floats[o["buffer"]] for o in net["outputs"]
    }
    assert {o["buffer"] for o in net["outputs"]} == set(floats) <= set(net["wasm"]["offsets"])


def test_the_results_of_all_layers_can_be_read_and_the_features_are_the_last(net):
    names = [o["name"] for o in net["outputs"]]
    assert len(names) == len(set(names)) == len(net["dispatches"]) + 1
    assert (names[0], names[-1]) == ("logits", "features")
    *_, last, features = net["outputs"]
    assert last["buffer"] == features["buffer"] and len(features["shape"]) == 1


def test_the_weights_are_those_of_the_weight_file(net):
    weights = (MODELS_FOLDER / net["name"] / WEIGHTS).read_bytes()
    tensors = load(weights)
    listed = {
        b["name"]: (b["dtype"], tuple(b["shape"])) for b in net["buffers"] if b["role"] == "weight"
    }
    assert listed == {name: (DTYPE_OF[array.dtype], array.shape) for name, array in tensors.items()}
    assert net["weights_sha256"] == hashlib.sha256(weights).hexdigest()


def test_each_dispatch_binds_existing_buffers_to_each_binding_of_its_kernel(net):
    for dispatch in net["dispatches"]:
        source = net["kernels"][dispatch["kernel"]]["source"]
        lengths = [int(n) for n in re.findall(r"@binding\(\d+\).*array<\w+, (\d+)>", source)]
        assert re.findall(r"@binding\((\d+)\)", source) == [
            str(i) for i in range(len(dispatch["buffers"]))
        ]
        for index, length in zip(dispatch["buffers"], lengths, strict=True):
            assert math.ceil(net["buffers"][index]["bytes"] / 4) >= length


def test_kernels_write_scratch_or_output_and_read_the_rest(net):
    for dispatch in net["dispatches"]:
        source = net["kernels"][dispatch["kernel"]]["source"]
        access = re.findall(r"@binding\(\d+\) var<storage,(\w+)>", source)
        written = {
            i for i, mode in zip(dispatch["buffers"], access, strict=True) if mode == "read_write"
        }
        read = {i for i, mode in zip(dispatch["buffers"], access, strict=True) if mode == "read"}
        assert len(written) == 1 and not written & read
        assert {net["buffers"][i]["role"] for i in written} <= {"scratch", "output"}


def test_kernels_keep_to_what_every_webgpu_device_grants(net):
    for dispatch in net["dispatches"]:
        source = net["kernels"][dispatch["kernel"]]["source"]
        [size] = re.findall(r"@workgroup_size\(([\d,]+)\)", source)
        extents = [int(extent) for extent in size.split(",")] + [1, 1]
        assert math.prod(extents) <= 256 and extents[2] <= 64
        assert (
            len(dispatch["workgroups"]) == 3
            and min(dispatch["workgroups"]) >= 1
            and max(dispatch["workgroups"]) <= 65_535
        )
        assert len(dispatch["buffers"]) <= 8
        shared = sum(
            int(n) * 4 for n in re.findall(r"var<workgroup> \w+: array<\w+,(\d+)>", source)
        )
        assert shared <= MAX_WORKGROUP_MEMORY_BYTES
        assert not re.search(r"\benable\b|\brequires\b|\bf16\b|atomic|nan\(|INFINITY", source)


def test_the_network_is_few_kernels(net):
    assert len(net["dispatches"]) <= MAX_KERNELS[net["name"]]


@pytest.mark.parametrize("name", MODELS)
def test_sharing_scratch_never_overwrites_what_is_still_needed(name):
    graph = capture(without_numbers(MODELS[name]), (1, PIXELS))
    assert not graph.channels_last and [output.name for output in graph.outputs] == ["logits"]
    shared = share_scratch(graph)
    scratch = [b for b in graph.buffers if b.role == "scratch"]
    assert sum(b.role == "scratch" for b in shared.buffers) == min(2, len(scratch))
    holds: dict[int, int] = {}
    for before, after in zip(graph.steps, shared.steps, strict=True):
        (written, *read), (home, *homes) = before.buffers, after.buffers
        for logical, physical in zip(read, homes, strict=True):
            if graph.buffers[logical].role == "scratch":
                assert holds[physical] == logical
            else:
                assert shared.buffers[physical] == graph.buffers[logical]
        holds[home] = written
        assert shared.buffers[home].bytes >= graph.buffers[written].bytes


@pytest.mark.parametrize("name", MODELS)
def test_what_is_prepared_once_is_never_overwritten(name):
    once, always = split(graphs_of(MODELS[name]).wasm)
    prepared = {step.buffers[0] for step in once}
    assert len(prepared) == len(once) > 0
    assert prepared.isdisjoint(step.buffers[0] for step in always)


@pytest.mark.parametrize("name", MODELS)
def test_the_kernels_do_not_depend_on_the_weights(name):
    """Regression: parameters that are not realized first are baked into the kernels as
    constants."""
    weights = QuantizedNetwork(scrambled(name, **NARROW[name]))
    none = without_numbers(lambda: MODELS[name](**NARROW[name]))
    first, second = (
        [step.ast.key for step in graph_of(network).steps] for network in (weights, none)
    )
    assert first == second


@pytest.mark.parametrize("name", MODELS)
def test_to_name_what_layers_compute_costs_no_kernel(name):
    """The results are in memory anyway: naming them changes no kernel, it only keeps their memory
    apart."""
    unnamed = capture(without_numbers(MODELS[name]), (1, PIXELS))
    named = graphs_of(MODELS[name])
    assert [step.ast.key for step in named.wgsl.steps] == [step.ast.key for step in unnamed.steps]
    for graph in (named.wgsl, named.wasm):
        assert not [buffer for buffer in graph.buffers if buffer.role == "scratch"]


class Upsample:
    """A kind of layer that the project does not have."""

    def __call__(self, x):
        return x


@pytest.mark.parametrize("form", [channels_last, FloatNetwork], ids=["channels last", "float"])
def test_a_layer_of_an_unknown_kind_is_refused_by_its_name(form):
    """Regression: it was taken over as if it were an activation."""
    network = without_numbers(lambda: MODELS["mlp"](width=4))
    network.layers.insert(2, Upsample())
    with pytest.raises(
        UnknownLayer, match=r"layers.1 is of the kind Upsample, for which the network"
    ):
        form(network)


def test_an_image_whose_axes_are_equally_long_is_still_known_to_have_its_channels_last():
    """Regression: told by its shape alone it would not be."""

    layers = [
        Image(SIDE),
        nn.Conv2d(1, 26, 3, bias=False),
        Activation("relu"),
        nn.Conv2d(26, 1, 3, bias=False),
    ]
    cube = Network([normalise(), *layers])
    assert capture(cube, (1, PIXELS), CHANNELS_LAST).channels_last == {"layer 2": 26}
    assert capture(cube, (1, PIXELS), CHANNELS_FIRST).channels_last == {}


class Odd:
    """A network with one fault of each kind that an export must notice."""

    def __init__(self, dtype=dtypes.float32, unused=False):
        self.weight = Tensor.ones(PIXELS, CLASSES, dtype=dtype).contiguous()
        self.extra = Tensor.ones(3).contiguous() if unused else None

    def __call__(self, ink):
        return ink @ self.weight.float()


def test_a_weight_that_nothing_reads_is_refused():
    with pytest.raises(ExportError, match="never uses extra"):
        capture(Odd(unused=True), (1, PIXELS))


def test_a_weight_of_a_type_that_the_runtimes_do_not_know_is_refused():
    with pytest.raises(ExportError, match="weight is dtypes.half"):
        capture(Odd(dtypes.float16), (1, PIXELS))


def test_each_parameter_keeps_its_name_in_the_weight_file():
    network = without_numbers(MODELS["mlp"])
    names = set(get_state_dict(network))
    graph = capture(network, (1, PIXELS))
    assert {b.name for b in graph.buffers if b.role == "weight"} == names


def test_a_value_of_an_image_depends_on_the_pixels_of_its_field_and_on_no_others():
    network = NumpyNetwork(scrambled_quantized("cnn", width=8))
    changed = [(0, 0), (13, 14), (27, 9)]
    ink = np.full((1 + len(changed), PIXELS), 0.5, np.float32)
    for image, (row, column) in zip(ink[1:], changed, strict=True):
        image[row * SIDE + column] = 1.0
    results = network.results(ink)
    fields = {o["name"]: o["field"] for o in shipped("cnn")["outputs"] if o["field"]}
    for name, field in fields.items():
        before, *after = results[int(name.removeprefix("layer "))]
        for result, pixels in zip(after, changed, strict=True):
            seen = np.abs(result - before).max(axis=0) > 0
            assert seen.any(), (name, pixels)
            for at, pixel in zip(np.nonzero(seen), pixels, strict=True):
                starts = field["start"] + field["stride"] * at
                assert ((starts <= pixel) & (pixel < starts + field["size"])).all()
