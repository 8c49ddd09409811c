"""A captured graph as one WASM module, for browsers without WebGPU: tinygrad's C kernels through
clang.

The module has two functions: prepare(), to be called once the weights are in its memory, and
run().
"""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection
from itertools import accumulate
from pathlib import Path

from tinygrad import Tensor
from tinygrad.codegen import to_program

from training.networks.models import PIXELS

from .channels_last import CHANNELS_LAST, channels_last
from .graph import ExportError, Graph, Step, capture
from .memory import keep_prepared, share_scratch, split
from .renderers import WasmC
from .schedules import tuned
from .spec import WasmSpec
from .wgsl import source_of, step_name

ALIGNMENT = 16  # bytes of a SIMD vector
STACK_BYTES = 16_384
OF_RUNTIME = {"weight", "state", "input", "output"}  # roles of what the page fills or reads
# The order of additions is free, which is what lets clang use vectors for sums.
CLANG = [
    "clang",
    "--target=wasm32",
    "-O3",
    "-msimd128",
    "-ffast-math",
    "-nostdlib",
    "-fno-ident",
    "-Wl,--no-entry",
    "-Wl,--strip-all",
    "-Wl,--export=prepare",
    "-Wl,--export=run",
    "-Wl,--export=arena",
    f"-Wl,-z,stack-size={STACK_BYTES}",
    "-o",
    "net.wasm",
    "net.c",
]


def graph_of(network: Callable[[Tensor], Tensor], writable: Collection[str] = ()) -> Graph:
    """`network` for one image, channels last where it is one of ours; arguments as of capture()."""
    graph = capture(channels_last(network), (1, PIXELS), CHANNELS_LAST, writable)
    return share_scratch(keep_prepared(graph))


def module(graph: Graph) -> tuple[bytes, WasmSpec]:
    """The WASM file, and where in its memory the buffers lie that the runtime fills and reads."""
    offsets, size = _offsets(graph)
    binary = _compiled(_source(graph, offsets, size))
    return binary, WasmSpec(
        hashlib.sha256(binary).hexdigest(),
        {
            buffer.name: offset
            for buffer, offset in zip(graph.buffers, offsets)
            if buffer.role in OF_RUNTIME
        },
        graph.channels_last,
    )


def _offsets(graph: Graph) -> tuple[tuple[int, ...], int]:
    """The offset of each buffer, one after the other, and the bytes they take together."""
    sizes = [-(-buffer.bytes // ALIGNMENT) * ALIGNMENT for buffer in graph.buffers]
    return tuple(accumulate(sizes[:-1], initial=0)), sum(sizes)


def _source(graph: Graph, offsets: tuple[int, ...], size: int) -> str:
    """One C file: the kernels, the memory of all buffers, and the two functions that call each
    kernel once."""
    names = {step: step_name(step, number, graph) for number, step in enumerate(graph.steps)}
    kernels = [_kernel(step, name) for step, name in names.items()]
    arena = f"unsigned char arena[{size}] __attribute__((aligned({ALIGNMENT})));"
    calls = {
        step: f"  {name}({', '.join(f'(void*)(arena + {offsets[i]})' for i in step.buffers)});"
        for step, name in names.items()
    }
    once, always = ([calls[step] for step in steps] for steps in split(graph))
    return "\n".join(
        [*kernels, arena, "void prepare(void) {", *once, "}", "void run(void) {", *always, "}\n"]
    )


def _kernel(step: Step, name: str) -> str:
    renderer = WasmC()
    return source_of(to_program(tuned(step.ast, renderer, "wasm", name), renderer))


def _compiled(source: str) -> bytes:
    if not (shutil.which("clang") and shutil.which("wasm-ld")):
        raise ExportError(
            "the WASM fallback needs clang and wasm-ld: "
            "install them (Debian: apt-get install clang lld)"
        )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "net.c").write_text(source)
        result = subprocess.run(CLANG, cwd=folder, capture_output=True, text=True)
        if result.returncode:
            raise ExportError(f"clang does not accept the generated C:\n{result.stderr}")
        return Path(folder, "net.wasm").read_bytes()
