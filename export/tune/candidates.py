"""`python -m export.tune candidates`: write candidate schedules of every kernel, as WGSL that
time_schedules.mjs can time anywhere."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tinygrad.uop.ops import UOp

from export.compile.graph import ExportError, Graph, Step
from export.compile.package import shipped_network
from export.compile.packing import read_words
from export.compile.renderers import PlainWGSL
from export.compile.schedule_rules import Schedule
from export.compile.schedules import axes_of, schedule_of, signature, with_schedule
from export.compile.wgsl import graph_of, kernel
from training.files import write_atomically
from training.networks.models import MODELS

from .space import candidates, neighbours
from .times import Times, read_times

FASTEST = 10  # schedules whose neighbours are tried


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "candidates",
        help="write candidate schedules of the kernels",
        description=__doc__,
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, help="JSON for time_schedules.mjs")
    parser.add_argument(
        "--each",
        type=int,
        default=100,
        metavar="COUNT",
        help="at most so many for a kernel (default: %(default)s)",
    )
    parser.add_argument(
        "--near",
        type=Path,
        nargs="+",
        metavar="TIMES",
        help="neighbours of the ten fastest in these results of time_schedules.mjs",
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    times = read_times(args.near or [])
    kernels = [found for name in MODELS for found in kernels_of(name, args.each, times)]
    write_atomically(args.file, json.dumps({"kernels": kernels}))
    count = sum(len(found["candidates"]) for found in kernels)
    print(f"{args.file}: {len(kernels)} kernels, {count} candidates")
    return 0


def kernels_of(name: str, limit: int, times: dict[str, Times]) -> Iterator[dict]:
    """Each kernel of a shipped network: its signature, its buffers (what it writes first) and its
    candidates."""
    graph = graph_of(shipped_network(name))
    for step in graph.steps:
        ast = read_words(step.ast)
        yield {
            "signature": signature(ast, PlainWGSL()),
            "buffers": [
                {"dtype": graph.buffers[i].dtype, "bytes": graph.buffers[i].bytes}
                for i in step.buffers
            ],
            "candidates": list(compiled(step, graph, schedules(ast, limit, times))),
        }


def schedules(ast: UOp, limit: int, times: dict[str, Times]) -> list[Schedule]:
    """The schedule in use, which the others are compared with, and up to `limit` others: any, or
    near to the fastest of `times`."""
    renderer = PlainWGSL()
    used, axes = schedule_of(ast, renderer, "wgsl"), axes_of(ast, renderer)
    known = times.get(signature(ast, renderer), {})
    fastest = [
        [tuple(opt) for opt in json.loads(schedule)]
        for schedule in sorted(known, key=known.__getitem__)[:FASTEST]
    ]
    others = fastest + neighbours(axes, fastest, limit) if known else candidates(axes, limit)
    return [used, *(schedule for schedule in others if schedule != used)]


def compiled(step: Step, graph: Graph, schedules: list[Schedule]) -> Iterator[dict]:
    for schedule in schedules:
        try:
            shader, dispatch = kernel(
                step, 0, graph, PlainWGSL(), partial(with_schedule, schedule=schedule)
            )
        except ExportError:
            continue  # tinygrad, or WebGPU's limits, do not allow it
        yield {
            "schedule": schedule,
            "name": shader.name,
            "source": shader.source,
            "workgroups": dispatch.workgroups,
        }
