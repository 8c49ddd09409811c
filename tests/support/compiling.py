"""Many kernels in one run of clang, which takes longer to start than to compile a small kernel."""

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from unittest.mock import patch

from tinygrad import Context
from tinygrad.codegen import do_to_program
from tinygrad.engine import realize
from tinygrad.renderer import Renderer
from tinygrad.runtime.support.compiler_cpu import ClangCompiler
from tinygrad.uop.ops import Ops, UOp

TOGETHER = 24  # kernels in one run; each program keeps the code of all of them
# Where a 64-bit ELF file has the place of its section headers, and where a header has its fields.
HEADERS, HEADER_COUNTS, HEADER_SIZE, TYPE, CONTENT = 0x28, 0x3A, 64, 4, 24
UNUSED = 0

Task = tuple[int, tuple[UOp, Renderer], dict]


class CompileTogether:
    """Stands in for the pool of processes that tinygrad gives the kernels of a batch to."""

    def imap_unordered(self, compile_one, tasks: Iterable[Task]) -> Iterator[tuple[int, UOp]]:
        tasks = iter(tasks)
        while some := list(islice(tasks, TOGETHER)):
            if any(type(renderer.compiler) is not ClangCompiler for _, (_, renderer), _ in some):
                yield from map(compile_one, some)
                continue
            [_, [_, renderer], context], *_ = some
            compiler = renderer.compiler
            with Context(**context), patch.object(compiler, "compile_cached", lambda _: b""):
                programs = [do_to_program(*what) for _, what, _ in some]
            sections = [f".text.kernel{i}" for i in range(len(programs))]
            sources = map(in_section, programs, sections)
            together = compiler.compile_cached("\n".join([beforehand(sections), *sources]))
            for (number, *_), program, section in zip(some, programs, sections, strict=True):
                binary = UOp(Ops.BINARY, arg=only(section, together))
                yield number, program.replace(src=(*program.src[:-1], binary))


def in_section(program: UOp, section: str) -> str:
    """The kernel's source, its function under the name and in the code section that are its own."""
    name, source = program.src[0].arg.function_name, program.src[2].arg
    own = f'__attribute__((section("{section}"))) {section.rpartition(".")[2]}'
    return f"#define {name} {own}\n{source}\n#undef {name}"


def beforehand(sections: list[str]) -> str:
    """Has the sections of code lie before those of constants, which clang writes before the code
    that needs them."""
    lines = [f'".section {section},\\"ax\\",@progbits\\n"' for section in sections]
    return "\n".join(["__asm__(", *lines, '".text");'])


def only(section: str, object_file: bytes) -> bytes:
    """The object file without the code of other kernels: a program begins at the first code that is
    loaded."""
    elf = bytearray(object_file)
    [headers] = struct.unpack_from("<Q", elf, HEADERS)
    _, count, names = struct.unpack_from("<HHH", elf, HEADER_COUNTS)
    places = [headers + HEADER_SIZE * i for i in range(count)]
    [texts] = struct.unpack_from("<Q", elf, places[names] + CONTENT)
    for place in places:
        [start] = struct.unpack_from("<I", elf, place)
        name = elf[texts + start : elf.index(0, texts + start)].decode()
        if ".text.kernel" in name and not name.endswith(section):
            struct.pack_into("<I", elf, place + TYPE, UNUSED)
    return bytes(elf)


@contextmanager
def compiling_together() -> Iterator[None]:
    with patch.object(realize, "get_worker_pool", CompileTogether):
        yield
