"""Two dialects of tinygrad's renderers: WGSL as our runtime binds it, and C that clang compiles to
WASM."""

from tinygrad.helpers import Target
from tinygrad.renderer import Renderer
from tinygrad.renderer.cstyle import ClangRenderer
from tinygrad.renderer.wgsl import WGSLRenderer, is_packed
from tinygrad.uop.ops import Ops, UOp

from .graph import NO_DEVICE, ExportError

MAX_FLOAT = "3.40282347e+38f"
BARRIER = "workgroupBarrier();"


class PlainWGSL(WGSLRenderer):
    """WGSL whose inputs are read-only and whose arrays have a length, so that the GPU's bounds
    checks cost less.

    tinygrad's own binds every buffer as writable, and takes infinity from a uniform, as WGSL has no
    literal for it. Infinity only ever starts a maximum or minimum here, where the largest float
    does as well.
    """

    infinity = MAX_FLOAT
    shared_max = 16_384  # bytes of workgroup memory that every WebGPU device has

    def __init__(self):
        super().__init__(Target(NO_DEVICE, "WGSL"))

    def render_kernel(self, function_name, kernel, bufs, uops, prefix=None) -> str:
        workgroup_memory = [line.lstrip() for line in kernel if "var<workgroup>" in line]
        body = _end_idle_threads([line for line in kernel if "var<workgroup>" not in line], uops)
        by_slot = sorted(bufs, key=lambda buf: buf[1][0].arg.slot)
        bindings = [self._binding(number, *buf) for number, buf in enumerate(by_slot)]
        size = ",".join(str(extent) for extent in _local_size(uops))
        signature = (
            "(@builtin(workgroup_id) gindex: vec3<u32>, "
            "@builtin(local_invocation_id) lindex: vec3<u32>)"
        )
        source = "\n".join(
            [
                *bindings,
                *workgroup_memory,
                f"@compute @workgroup_size({size})",
                f"fn {function_name}{signature} {{",
                *body,
                "}\n",
            ]
        )
        if "nan()" in source:
            raise ExportError(
                f"kernel {function_name} contains a NaN constant, which WGSL cannot express"
            )
        return source

    def _binding(self, number: int, name: str, param: tuple[UOp, bool]) -> str:
        buffer, is_written = param
        if is_packed(buffer):
            raise ExportError(
                f"{name} holds {buffer.dtype}, which kernels can only read, and only to convert it"
            )
        access = "read_write" if is_written else "read"
        kind = f"array<{self.buf_map(buffer)}, {buffer.max_numel()}>"
        return f"@group(0) @binding({number}) var<storage,{access}> {name}: {kind};"


class WasmC(ClangRenderer):
    """C for one thread and vectors of four floats, without a host compiler behind it."""

    has_threads = False
    kernel_typedef = "static void"

    def __init__(self):
        Renderer.__init__(self, Target(NO_DEVICE, "CLANG"))


def _end_idle_threads(body: list[str], uops: list[UOp]) -> list[str]:
    """`body` with an end for the threads that have handed over their part of a sum; tinygrad lets
    all add up and one store."""
    barriers = [number for number, line in enumerate(body) if line.strip() == BARRIER]
    conditions = {u.src[0] for u in uops if u.op is Ops.IF}
    if len(barriers) != 1 or len(conditions) != 1:
        return body
    [condition] = conditions
    if condition.op is not Ops.CMPEQ or condition.src[0].op is not Ops.SPECIAL:
        return body
    after = barriers[0] + 1
    return [*body[:after], f"  if ({condition.src[0].arg}!=0) {{ return; }}", *body[after:]]


def _local_size(uops: list[UOp]) -> list[int]:
    specials = sorted(
        (u for u in uops if u.op is Ops.SPECIAL and u.arg[0] == "l"), key=lambda u: u.arg
    )
    return [u.src[0].ssimplify() for u in specials] or [1]
