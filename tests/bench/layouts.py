"""`python -m tests.bench layouts`: write candidate layouts of every kernel, as WGSL that layouts.mjs can time anywhere."""
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tinygrad.uop.ops import UOp

from export.graph import ExportError, Graph, Step, capture
from export.kernel_layouts import Layout
from export.memory import share_scratch
from export.packing import read_words
from export.render import PlainWGSL
from export.tuning import axes_of, layout_of, signature, with_layout
from export.wgsl import kernel
from training.files import write_atomically
from training.models import MODELS, PIXELS

from .candidates import candidates, neighbours
from .case import shipped_network
from .timed import Times, read_times

FASTEST = 10  # layouts whose neighbours are tried


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("layouts", help="write candidate layouts of the kernels", description=__doc__, allow_abbrev=False)
    parser.add_argument("file", type=Path, help="JSON for layouts.mjs")
    parser.add_argument("--each", type=int, default=100, metavar="COUNT", help="at most so many for a kernel (default: %(default)s)")
    parser.add_argument("--near", type=Path, nargs="+", metavar="TIMES", help="neighbours of the ten fastest in these results of layouts.mjs")
    parser.set_defaults(run=run)


def run(args) -> int:
    times = read_times(args.near or [])
    kernels = [found for name in MODELS for found in kernels_of(name, args.each, times)]
    write_atomically(args.file, json.dumps({"kernels": kernels}))
    print(f"{args.file}: {len(kernels)} kernels, {sum(len(found['candidates']) for found in kernels)} candidates")
    return 0


def kernels_of(name: str, limit: int, times: dict[str, Times]) -> Iterator[dict]:
    """Each kernel of a shipped network: its signature, its buffers (what it writes first) and its candidates."""
    graph = share_scratch(capture(shipped_network(name), (1, PIXELS)))
    for step in graph.steps:
        ast = read_words(step.ast)
        yield {
            "signature": signature(ast, PlainWGSL()),
            "buffers": [{"dtype": graph.buffers[i].dtype, "bytes": graph.buffers[i].bytes} for i in step.buffers],
            "candidates": list(compiled(step, graph, layouts(ast, limit, times))),
        }


def layouts(ast: UOp, limit: int, times: dict[str, Times]) -> list[Layout]:
    """The layout in use, which the others are compared with, and up to `limit` others: any, or near to the fastest of `times`."""
    renderer = PlainWGSL()
    used, axes = layout_of(ast, renderer, "wgsl"), axes_of(ast, renderer)
    known = times.get(signature(ast, renderer), {})
    fastest = [[tuple(opt) for opt in json.loads(layout)] for layout in sorted(known, key=known.__getitem__)[:FASTEST]]
    others = fastest + neighbours(axes, fastest, limit) if known else candidates(axes, limit)
    return [used, *(layout for layout in others if layout != used)]


def compiled(step: Step, graph: Graph, layouts: list[Layout]) -> Iterator[dict]:
    for layout in layouts:
        try:
            shader, dispatch = kernel(step, 0, graph, PlainWGSL(), partial(with_layout, layout=layout))
        except ExportError:
            continue  # tinygrad, or WebGPU's limits, do not allow it
        yield {"layout": layout, "name": shader.name, "source": shader.source, "workgroups": dispatch.workgroups}
