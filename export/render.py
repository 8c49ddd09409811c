"""Two dialects of tinygrad's renderers: WGSL as our runtime binds it, and C that clang compiles to WASM."""
from tinygrad.dtype import AddrSpace
from tinygrad.helpers import Target
from tinygrad.renderer import Renderer
from tinygrad.renderer.cstyle import ClangRenderer
from tinygrad.renderer.wgsl import WGSLRenderer, is_packed
from tinygrad.uop.ops import Ops, UOp

from .graph import NO_DEVICE, ExportError

LARGEST_FLOAT = "3.40282347e+38f"


class PlainWGSL(WGSLRenderer):
    """WGSL whose inputs are read-only, and whose eight-bit weights are plain u32 words.

    tinygrad's own binds everything as writable and reads packed words by atomicLoad, for the sake of kernels that
    store eight-bit values, which ours do not; and it takes infinity from a uniform, as WGSL has no literal for it.
    Infinity only ever starts a maximum or minimum here, where the largest float does as well.
    """
    infinity = LARGEST_FLOAT

    def __init__(self):
        super().__init__(Target(NO_DEVICE, "WGSL"))

    def buf_map(self, u: UOp) -> str:
        return "u32" if is_packed(u) else self.type_map[u.dtype]

    def render_load(self, x: str, u: UOp) -> str:
        return x

    def render_kernel(self, function_name, kernel, bufs, uops, prefix=None) -> str:
        workgroup_memory = [line.lstrip() for line in kernel if "var<workgroup>" in line]
        body = [line for line in kernel if "var<workgroup>" not in line]
        bindings = [self._binding(slot, *buf) for slot, buf in enumerate(bufs)]
        size = ",".join(str(extent) for extent in _local_size(uops))
        signature = "(@builtin(workgroup_id) gindex: vec3<u32>, @builtin(local_invocation_id) lindex: vec3<u32>)"
        source = "\n".join([*bindings, *workgroup_memory, f"@compute @workgroup_size({size})",
                            f"fn {function_name}{signature} {{", *body, "}\n"])
        if "nan()" in source:
            raise ExportError(f"kernel {function_name} contains a NaN constant, which WGSL cannot express")
        return source

    def _binding(self, slot: int, name: str, param: tuple[UOp, bool]) -> str:
        buffer, is_written = param
        if is_written and is_packed(buffer):
            raise ExportError(f"{name} stores {buffer.dtype}; kernels may only store types of four bytes")
        access = "read_write" if is_written else "read"
        return f"@group(0) @binding({slot}) var<storage,{access}> {name}: array<{self.buf_map(buffer)}>;"


class WasmC(ClangRenderer):
    """C for one thread and vectors of four floats, without a host compiler behind it."""
    has_threads = False

    def __init__(self):
        Renderer.__init__(self, Target(NO_DEVICE, "CLANG"))


def _local_size(uops: list[UOp]) -> list[int]:
    specials = sorted((u for u in uops if u.op is Ops.SPECIAL and u.arg[0] == "l"), key=lambda u: u.arg)
    return [u.src[0].ssimplify() for u in specials] or [1]
