"""Captures a network as a list of kernels over buffers: the one place where tinygrad's schedule is
read."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from math import prod

from tinygrad import Tensor, dtypes
from tinygrad.dtype import DType
from tinygrad.helpers import Context
from tinygrad.nn.state import get_state_dict
from tinygrad.uop.ops import Ops, UOp

from .outputs import FEATURES, Order, Result, named_results
from .spec import Buffer, Output

DTYPE_NAMES = {dtypes.float32: "F32", dtypes.int8: "I8"}
NO_DEVICE = "NULL"  # tinygrad's device that allocates nothing and runs nothing


class ExportError(Exception):
    """Something about the network or the run folder prevents an export; the message says what to
    do."""


@dataclass(frozen=True)
class Step:
    """One kernel before code generation: its syntax tree, and the buffers that its parameters stand
    for."""

    ast: UOp
    buffers: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """A network's forward pass for one fixed input shape. `channels_last` is that of WasmSpec."""

    buffers: tuple[Buffer, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Output, ...]
    channels_last: dict[str, int]


def capture(
    network: Callable[[Tensor], Tensor],
    input_shape: tuple[int, ...],
    order: Order | None = None,
    writable: Collection[str] = (),
) -> Graph:
    """The steps of `network` for a float32 input.

    Its layers' results are outputs too, kept in memory in `order`, unless that is None. `writable`
    names the parameters that are no weights, but what the page writes. Moves the parameters to a
    device without contents: read their values before.
    """
    with Context(DEV=NO_DEVICE, NO_MEMORY_PLANNER=1):
        parameters = {
            name: _detached(parameter) for name, parameter in get_state_dict(network).items()
        }
        source = Tensor.empty(*input_shape).realize()
        results = named_results(network, source, order)
        calls = Tensor.schedule_linear(*(result.tensor for result in results.values())).src
    names = {
        parameter.uop.base: (name, "state" if name in writable else "weight", parameter.shape)
        for name, parameter in parameters.items()
    }
    names[source.uop.base] = ("input", "input", source.shape)
    for name, result in results.items():
        names[result.tensor.uop.base] = (name, "output", result.tensor.shape)
    buffers, steps = _kernels(calls, names)
    return Graph(buffers, steps, tuple(_outputs(results)), _channels_last(results))


def _detached(parameter: Tensor) -> Tensor:
    """`parameter`, in place, as an uninitialised buffer: constants would be baked into the
    kernels."""
    return parameter.replace(Tensor.empty(*parameter.shape, dtype=parameter.dtype).realize())


def _outputs(results: dict[str, Result]) -> Iterator[Output]:
    """The results by their names; the last one before the logits also as features, in one row."""
    for name, result in results.items():
        yield Output(name, result.shape, name, result.field)
    if len(results) > 1:
        last = list(results)[-1]
        yield Output(FEATURES, (prod(results[last].shape),), last)


def _channels_last(results: dict[str, Result]) -> dict[str, int]:
    return {name: result.shape[0] for name, result in results.items() if result.is_channels_last}


def _kernels(
    calls: tuple[UOp, ...], names: dict[UOp, tuple]
) -> tuple[tuple[Buffer, ...], tuple[Step, ...]]:
    index = {uop: i for i, uop in enumerate(names)}
    steps = []
    for call in calls:
        if call.src[0].op is not Ops.SINK:
            raise ExportError(
                f"the network schedules {call.src[0].op.name}, which is not a kernel; "
                "is all of it on one device?"
            )
        steps.append(
            Step(
                call.src[0],
                tuple(index.setdefault(argument, len(index)) for argument in call.src[1:]),
            )
        )
    _check_all_used(steps, [name for name, *_ in names.values()])
    scratch = [("scratch", "scratch", uop.shape) for uop in list(index)[len(names) :]]
    buffers = (_buffer(uop, *name) for uop, name in zip(index, [*names.values(), *scratch]))
    return tuple(buffers), tuple(steps)


def _check_all_used(steps: list[Step], names: list[str]) -> None:
    unused = set(range(len(names))) - {index for step in steps for index in step.buffers}
    if unused:
        raise ExportError(f"the network never uses {', '.join(names[i] for i in sorted(unused))}")


def _buffer(uop: UOp, name: str, role: str, shape: tuple[int, ...]) -> Buffer:
    return Buffer(
        name, role, _dtype_name(uop.dtype, name), tuple(shape), uop.max_numel() * uop.dtype.itemsize
    )


def _dtype_name(dtype: DType, name: str) -> str:
    if dtype not in DTYPE_NAMES:
        raise ExportError(
            f"{name} is {dtype}; the runtimes know {', '.join(map(str, DTYPE_NAMES))}"
        )
    return DTYPE_NAMES[dtype]
