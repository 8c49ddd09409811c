"""How each kernel is laid out over workgroups, registers and loops.

A schedule is a list of tinygrad's opts. The best ones found by measuring are kept in
schedules.json, by the shape of the kernel, so that an export needs no GPU and no search; a kernel
of any other shape gets a schedule from schedule_rules.py.
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from tinygrad.codegen.opt import KernelOptError, Opt, OptOps
from tinygrad.codegen.opt.postrange import Scheduler
from tinygrad.renderer import Renderer
from tinygrad.uop.ops import AxisType, Ops, UOp

from .graph import ExportError
from .schedule_rules import DEFAULT_SCHEDULES, Axes, Schedule

SCHEDULES_FILE = Path(__file__).with_name("schedules.json")


def tuned(ast: UOp, renderer: Renderer, target: str, name: str) -> UOp:
    """`ast` named `name`, with its schedule for `target` ("wgsl" or "wasm"); tinygrad's heuristic
    where we have none."""
    schedule = schedule_of(ast, renderer, target)
    return (
        with_schedule(ast, renderer, target, name, schedule)
        if schedule
        else untuned(ast, renderer, target, name)
    )


def schedule_of(ast: UOp, renderer: Renderer, target: str) -> Schedule:
    """The schedule on record, else the one by rule, which is empty where the rules know none."""
    return _recorded().get(target, {}).get(signature(ast, renderer)) or DEFAULT_SCHEDULES[target](
        axes_of(ast, renderer)
    )


def with_schedule(ast: UOp, renderer: Renderer, target: str, name: str, schedule: Schedule) -> UOp:
    """`ast` named `name`, laid out by `schedule`."""
    opts = tuple(Opt(OptOps[operation], axis, amount) for operation, axis, amount in schedule)
    _check(
        _scheduler(ast, renderer), opts, f"The schedule of {signature(ast, renderer)} for {target}"
    )
    return ast.replace(arg=replace(ast.arg, name=name, opts_to_apply=opts))


def untuned(ast: UOp, renderer: Renderer, target: str, name: str) -> UOp:
    """`ast` named `name`, laid out by tinygrad's own heuristic."""
    return ast.replace(arg=replace(ast.arg, name=name))


def signature(ast: UOp, renderer: Renderer) -> str:
    """What a kernel computes over, such as "512 x 784r: float float uint float float" (r: summed
    over; then its buffers)."""
    axes = axes_of(ast, renderer)
    sizes = [str(size) for size in axes.outputs] + [f"{size}r" for size in axes.reduced]
    params = sorted((u for u in ast.toposort() if u.op is Ops.PARAM), key=lambda u: u.arg.slot)
    return f"{' x '.join(sizes)}: {' '.join(u.dtype.name for u in params)}"


def axes_of(ast: UOp, renderer: Renderer) -> Axes:
    """The axes of a kernel; tinygrad keeps those of the output before those that are reduced."""
    scheduler = _scheduler(ast, renderer)
    sizes = list(zip(scheduler.full_shape, scheduler.axis_types))
    reduced = tuple(size for size, kind in sizes if kind is AxisType.REDUCE)
    return Axes(tuple(size for size, kind in sizes if kind is not AxisType.REDUCE), reduced)


def _scheduler(ast: UOp, renderer: Renderer) -> Scheduler:
    scheduler = Scheduler(ast, renderer)
    scheduler.convert_loop_to_global()
    return scheduler


def _check(scheduler: Scheduler, opts: tuple[Opt, ...], what: str) -> None:
    for opt in opts:
        try:
            scheduler.apply_opt(opt)
        except KernelOptError as error:
            raise ExportError(
                f"{what} does not fit: {opt.op.name} of axis {opt.axis} by {opt.arg}: {error}"
            ) from error


@cache
def _recorded() -> dict[str, dict[str, Schedule]]:
    recorded = json.loads(SCHEDULES_FILE.read_text())
    return {
        target: {shape: [tuple(opt) for opt in schedule] for shape, schedule in schedules.items()}
        for target, schedules in recorded.items()
    }
