"""Schedules worth trying for a kernel: those that divide its axes, fit WebGPU's guarantees and keep
a thread's code short."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from itertools import product
from random import Random

from export.compile.schedule_rules import Axes, Schedule, Tile, convolution_schedule, dense_schedule
from export.compile.wgsl import MAX_WORKGROUP_INVOCATIONS

MAX_THREADS = 64  # threads in one direction of a workgroup
MAX_TERMS = 600  # multiplications written out in one kernel: more takes long to compile
MAX_SUMS = 32  # of one thread
MIN_THREADS = 64
SEED = 0

Space = dict[tuple[int, ...], Schedule]  # schedules by the numbers that make them


def candidates(axes: Axes, limit: int) -> list[Schedule]:
    """At most `limit` schedules, drawn at random from all of them; always the same."""
    return _drawn(_space(axes).values(), limit)


def neighbours(axes: Axes, schedules: list[Schedule], limit: int) -> list[Schedule]:
    """At most `limit` of the schedules that differ from one of `schedules` in one number."""
    space = _space(axes)
    centres = [numbers for numbers, schedule in space.items() if schedule in schedules]
    return _drawn(
        (
            schedule
            for numbers, schedule in space.items()
            if any(_distance(numbers, centre) == 1 for centre in centres)
        ),
        limit,
    )


def _drawn(schedules: Iterable[Schedule], limit: int) -> list[Schedule]:
    found = list(schedules)
    return Random(SEED).sample(found, min(limit, len(found)))


def _distance(numbers: tuple[int, ...], others: tuple[int, ...]) -> int:
    return sum(a != b for a, b in zip(numbers, others))


def _space(axes: Axes) -> Space:
    if axes.is_dense:
        return {
            numbers: dense_schedule(*numbers) for numbers in _dense(*axes.outputs, *axes.reduced)
        }
    if axes.is_convolution:
        return {astuple(tile): convolution_schedule(axes, tile) for tile in _tiles(axes)}
    return {}


def _dense(rows: int, columns: int) -> Iterator[tuple[int, ...]]:
    """The arguments of dense_schedule()."""
    for unroll, upcast in product(_divisors(columns, 16)[1:], _divisors(rows, 8)):
        for local, group in product(
            _divisors(rows // upcast, MAX_THREADS), _divisors(columns // unroll, MAX_THREADS)
        ):
            threads = rows // upcast * group
            if (
                unroll * upcast <= 64
                and local * group <= MAX_WORKGROUP_INVOCATIONS
                and threads >= MIN_THREADS
            ):
                yield unroll, local, group, upcast


def _tiles(axes: Axes) -> Iterator[Tile]:
    channels, height, width = axes.outputs
    for strip, rows, stack, terms in product(
        _divisors(width, 13), _divisors(height, 4), _divisors(channels, 8), (1, 4)
    ):
        sums = strip * rows * stack * axes.window
        if (
            sums > MAX_SUMS
            or sums * terms * math.prod(axes.summed[-2:]) > MAX_TERMS
            or axes.inputs % terms
        ):
            continue
        groups = (
            (1,) if axes.is_pooled else _divisors(axes.inputs // terms, 32)
        )  # tinygrad shares no sums within a maximum
        for lanes, group, columns in product(
            _divisors(channels // stack, MAX_THREADS),
            groups,
            _divisors(width // strip, MAX_THREADS),
        ):
            threads = math.prod(axes.outputs) // (strip * rows * stack) * group
            if lanes * group * columns <= MAX_WORKGROUP_INVOCATIONS and threads >= MIN_THREADS:
                yield Tile(lanes, strip, rows, stack, group, columns, terms)


def _divisors(size: int, limit: int) -> list[int]:
    return [divisor for divisor in range(1, limit + 1) if size % divisor == 0]
