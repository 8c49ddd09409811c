"""Lets buffers whose contents are never needed at the same time share memory; keeps what is
computed only once."""

from dataclasses import dataclass, replace

from .graph import Graph, Step
from .spec import Buffer


@dataclass
class Slot:
    """Memory that holds one scratch buffer after another; free from the step after `last_step`
    on."""

    bytes: int
    last_step: int


def split(graph: Graph) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps that depend on weights alone, and those that depend on what the page writes, be it
    input or state. A step writes its first buffer."""
    fed = {i for i, buffer in enumerate(graph.buffers) if buffer.role in ("input", "state")}
    once, always = [], []
    for step in graph.steps:
        if fed.isdisjoint(step.buffers[1:]):
            once.append(step)
        else:
            always.append(step)
            fed.add(step.buffers[0])
    return tuple(once), tuple(always)


def keep_prepared(graph: Graph) -> Graph:
    """`graph` with the results of its steps that depend on weights alone marked as "prepared", and
    no longer as scratch."""
    results = {step.buffers[0] for step in split(graph)[0]}
    return replace(
        graph,
        buffers=tuple(
            replace(buffer, name=f"prepared.{i}", role="prepared") if i in results else buffer
            for i, buffer in enumerate(graph.buffers)
        ),
    )


def share_scratch(graph: Graph) -> Graph:
    """`graph` with its scratch buffers replaced by as few as their lifetimes allow.

    Slots are whole buffers, not ranges of one: WebGPU forbids reading and writing one buffer in the
    same dispatch.
    """
    kept = [buffer for buffer in graph.buffers if buffer.role != "scratch"]
    slots: list[Slot] = []
    home = {
        i: kept.index(buffer) for i, buffer in enumerate(graph.buffers) if buffer.role != "scratch"
    }
    for i, (first, last) in _lifetimes(graph).items():
        home[i] = len(kept) + _take_slot(slots, graph.buffers[i].bytes, first, last)
    shared = [
        Buffer(f"scratch.{n}", "scratch", "F32", (slot.bytes // 4,), slot.bytes)
        for n, slot in enumerate(slots)
    ]
    steps = tuple(
        replace(step, buffers=tuple(home[i] for i in step.buffers)) for step in graph.steps
    )
    return replace(graph, buffers=(*kept, *shared), steps=steps)


def _lifetimes(graph: Graph) -> dict[int, tuple[int, int]]:
    """First and last step that use each scratch buffer, in order of the first."""
    lifetimes: dict[int, tuple[int, int]] = {}
    for number, step in enumerate(graph.steps):
        for i in step.buffers:
            if graph.buffers[i].role == "scratch":
                lifetimes[i] = (lifetimes.get(i, (number,))[0], number)
    return lifetimes


def _take_slot(slots: list[Slot], size: int, first: int, last: int) -> int:
    """The index of a slot that is free at step `first`, grown to `size` bytes; a new one where none
    is."""
    for index, slot in enumerate(slots):
        if slot.last_step < first:
            slot.bytes, slot.last_step = max(slot.bytes, size), last
            return index
    slots.append(Slot(size, last))
    return len(slots) - 1
