"""WGSL has no eight-bit type: lets a kernel read its eight-bit buffers as words of four values
each.

Done on the syntax tree, before any loop is laid out, so that tinygrad sees that the four values of
a word share one load.
"""

from dataclasses import replace

from tinygrad import dtypes
from tinygrad.helpers import ceildiv
from tinygrad.uop.ops import Ops, PatternMatcher, UOp, UPat, graph_rewrite

VALUES_PER_WORD = 4
VALUE_BITS = 8


def read_words(ast: UOp) -> UOp:
    """`ast` with each element of an int8 buffer replaced by the byte of the word that holds it."""
    return graph_rewrite(ast, int8_to_words, name="int8 to words")


def byte_of_word(param: UOp, index: UOp) -> UOp:
    """The signed value `index` of `param`: shifted up until its sign leads the word, then down
    again with its sign."""
    words = param.replace(
        dtype=dtypes.uint32,
        arg=replace(param.arg, dtype=dtypes.uint32),
        src=(UOp.const(ceildiv(param.max_numel(), VALUES_PER_WORD)),),
    )
    shift = (VALUES_PER_WORD - 1 - index % VALUES_PER_WORD) * VALUE_BITS
    word = words.index(index // VALUES_PER_WORD)
    return (word << shift.cast(dtypes.uint32)).bitcast(dtypes.int32) >> (
        VALUES_PER_WORD - 1
    ) * VALUE_BITS


int8_to_words = PatternMatcher(
    [
        (
            UPat(
                Ops.INDEX, dtypes.int8, src=(UPat(Ops.PARAM, name="param"), UPat.var("index"))
            ).cast(name="cast"),
            lambda param, index, cast: byte_of_word(param, index).cast(cast.dtype),
        ),
    ]
)
