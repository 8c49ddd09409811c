"""A captured graph as WGSL kernels and their dispatches."""

from collections.abc import Callable, Collection

from tinygrad import Tensor
from tinygrad.codegen import to_program
from tinygrad.uop.ops import Ops, UOp

from training.networks.models import PIXELS

from .graph import ExportError, Graph, Step, capture
from .memory import share_scratch
from .outputs import CHANNELS_FIRST
from .packing import read_words
from .renderers import PlainWGSL
from .schedules import tuned
from .spec import Dispatch, Kernel

# What every WebGPU device grants without being asked (WebGPU specification, table of limits).
MAX_WORKGROUP_INVOCATIONS = 256
MAX_WORKGROUP_SIZE = (256, 256, 64)
MAX_WORKGROUPS = 65535
MAX_STORAGE_BUFFERS = 8


def graph_of(network: Callable[[Tensor], Tensor], writable: Collection[str] = ()) -> Graph:
    """`network` for one image; arguments as of capture()."""
    return share_scratch(capture(network, (1, PIXELS), CHANNELS_FIRST, writable))


def kernels(
    graph: Graph, scheduled: Callable = tuned
) -> tuple[tuple[Kernel, ...], tuple[Dispatch, ...]]:
    """One kernel and one dispatch for each step of `graph`, with schedules by `scheduled`: `tuned`,
    or `untuned` to compare with."""
    renderer = PlainWGSL()
    pairs = [
        kernel(step, number, graph, renderer, scheduled) for number, step in enumerate(graph.steps)
    ]
    return tuple(source for source, _ in pairs), tuple(dispatch for _, dispatch in pairs)


def kernel(
    step: Step, number: int, graph: Graph, renderer: PlainWGSL, scheduled: Callable
) -> tuple[Kernel, Dispatch]:
    """One step of `graph`, which is its kernel `number`, with the schedule by `scheduled`."""
    name = step_name(step, number, graph)
    program = to_program(scheduled(read_words(step.ast), renderer, "wgsl", name), renderer)
    workgroups, workgroup_size = program.arg.launch_dims({})
    buffers = tuple(step.buffers[slot] for slot in program.arg.globals)
    _check_limits(name, workgroups, workgroup_size, buffers)
    return Kernel(name, source_of(program)), Dispatch(number, tuple(workgroups), buffers)


def step_name(step: Step, number: int, graph: Graph) -> str:
    """A name that says which layer of the network a step computes, such as "k3_layers_6"."""
    layers = [
        graph.buffers[i].name.rpartition(".")[0]
        for i in step.buffers
        if graph.buffers[i].role == "weight"
    ]
    return "_".join([f"k{number}", *layers[:1]]).replace(".", "_")


def source_of(program: UOp) -> str:
    """The rendered source code of a compiled kernel."""
    return next(part.arg for part in program.src if part.op is Ops.SOURCE)


def _check_limits(
    name: str, workgroups: tuple[int, ...], size: tuple[int, ...], buffers: tuple[int, ...]
) -> None:
    invocations = size[0] * size[1] * size[2]
    if invocations > MAX_WORKGROUP_INVOCATIONS or any(
        a > b for a, b in zip(size, MAX_WORKGROUP_SIZE)
    ):
        raise ExportError(
            f"{name} has workgroups of {size}; "
            f"WebGPU guarantees {MAX_WORKGROUP_SIZE}, {MAX_WORKGROUP_INVOCATIONS} in all"
        )
    if max(workgroups) > MAX_WORKGROUPS or len(buffers) > MAX_STORAGE_BUFFERS:
        raise ExportError(
            f"{name} needs {workgroups} workgroups and {len(buffers)} buffers; "
            f"WebGPU guarantees {MAX_WORKGROUPS} and {MAX_STORAGE_BUFFERS}"
        )
