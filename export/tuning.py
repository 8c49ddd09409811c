"""How each kernel is laid out over workgroups, registers and loops: tinygrad's opts, from tuning.json or its heuristic."""
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from tinygrad.codegen.opt import KernelOptError, Opt, OptOps
from tinygrad.codegen.opt.postrange import Scheduler
from tinygrad.renderer import Renderer
from tinygrad.uop.ops import AxisType, Ops, UOp

from .graph import ExportError

TUNING_FILE = Path(__file__).with_name("tuning.json")


def tuned(ast: UOp, renderer: Renderer, target: str, name: str) -> UOp:
    """`ast` named `name`, with the opts that tuning.json has for kernels of its shape on `target` ("wgsl" or "wasm")."""
    key = signature(ast, renderer)
    recorded = _tuning().get(target, {}).get(key)
    opts = None if recorded is None else tuple(Opt(OptOps[op], axis, amount) for op, axis, amount in recorded)
    named = ast.replace(arg=replace(ast.arg, name=name, opts_to_apply=opts))
    if opts is not None:
        _check(named, renderer, f"{TUNING_FILE.name}: {target}: {key}")
    return named


def signature(ast: UOp, renderer: Renderer) -> str:
    """What a kernel computes over, such as "512 x 784r: F32 F32 I8 F32 F32" (r: summed over; then its buffers' types)."""
    scheduler = Scheduler(ast, renderer)
    scheduler.convert_loop_to_global()
    axes = (f"{size}{'r' if kind is AxisType.REDUCE else ''}" for size, kind in zip(scheduler.full_shape, scheduler.axis_types))
    params = sorted((u for u in ast.toposort() if u.op is Ops.PARAM), key=lambda u: u.arg.slot)
    return f"{' x '.join(axes)}: {' '.join(u.dtype.name for u in params)}"


def _check(ast: UOp, renderer: Renderer, where: str) -> None:
    scheduler = Scheduler(ast, renderer)
    scheduler.convert_loop_to_global()
    for opt in ast.arg.opts_to_apply:
        try:
            scheduler.apply_opt(opt)
        except KernelOptError as error:
            raise ExportError(f"{where}: {opt.op.name} on axis {opt.axis} by {opt.arg} does not fit: {error}") from error


@cache
def _tuning() -> dict:
    return json.loads(TUNING_FILE.read_text())
