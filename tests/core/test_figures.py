"""What is made of many times: quantiles, histograms, the record of predictions, and the
benchmark."""

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.benchmark import MAX_BARS, RUNS, Benchmark, Distribution, Subject
from py_frontend.core.errors import PageError
from py_frontend.core.figures import histogram, quantile
from py_frontend.core.record import MAX_WARM, STAGES, Figures, Record
from tests.support.fakes import answer, finished, model

times = st.lists(st.floats(0, 1e4), min_size=1, max_size=50)


@given(times, st.floats(0, 1))
def test_quantiles_are_numpys(values, share):
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), abs=1e-9)


@given(times, st.integers(1, 30))
def test_every_value_is_in_exactly_one_bar(values, bins):
    counts = histogram(values, min(values), 7.5, bins)
    assert len(counts) == bins and sum(counts) == len(values)


def test_a_histogram_counts_what_lies_outside_at_its_ends():
    assert histogram([-5, 0, 0.9, 1, 2.5, 4, 99], 0, 1, 4) == [3, 1, 1, 2]


def test_the_first_prediction_is_kept_apart_from_the_warm_ones():
    record = Record()
    record.note(answer(is_first=True, inference_ms=90.0), view_ms=5.0, total_ms=99.0)
    for ms in (2.0, 4.0, 3.0):
        record.note(answer(inference_ms=ms), view_ms=1.0, total_ms=ms + 2)
    figures = record.figures("mlp", "wasm")
    assert set(figures) == set(STAGES)
    assert figures["inference"] == Figures(90.0, 3.0, 3.0, pytest.approx(3.9))
    assert figures["total"] == Figures(99.0, 5.0, 5.0, pytest.approx(5.9))
    assert record.count("mlp", "wasm") == 3


def test_models_and_backends_do_not_mix():
    record = Record()
    record.note(answer("mlp", "wasm"), 1.0, 4.0)
    record.note(answer("cnn", "wasm"), 1.0, 5.0)
    record.note(answer("mlp", "webgpu"), 1.0, 6.0)
    lasts = [
        record.figures(name, backend)["total"].last
        for name, backend in (("mlp", "wasm"), ("cnn", "wasm"), ("mlp", "webgpu"))
    ]
    assert lasts == [4.0, 5.0, 6.0] and record.figures("cnn", "webgpu")["total"] == Figures()


def test_only_the_last_warm_predictions_count():
    record = Record()
    for ms in range(MAX_WARM + 50):
        record.note(answer(inference_ms=float(ms)), 1.0, 1.0)
    assert record.count("mlp", "wasm") == MAX_WARM
    median = record.figures("mlp", "wasm")["inference"].median
    assert median == pytest.approx(50 + (MAX_WARM - 1) / 2)


def test_a_gpu_that_cannot_tell_its_time_has_none():
    record = Record()
    record.note_gpu(answer(), None)
    assert record.figures("mlp", "wasm")["gpu"] == Figures()
    record.note_gpu(answer(), 0.25)
    assert record.figures("mlp", "wasm")["gpu"] == Figures(None, 0.25, 0.25, 0.25)


def test_a_first_inference_that_was_no_prediction_is_told_too():
    record = Record()
    record.note_first(model(), "webgpu", 70.0)
    assert record.figures("mlp", "webgpu")["inference"] == Figures(first=70.0)
    assert record.figures("mlp", "webgpu")["total"] == Figures()


class Clock:
    """Each inference takes one of the given times, in turn; the very first takes a second."""

    def __init__(self, *ms):
        self.now, self._ms, self.runs, self.pauses = 0.0, ms, 0, []
        self.done, self.told, self.distribution = [], [], None

    async def infer(self):
        self.now += self._ms[self.runs % len(self._ms)] if self.runs else 1000
        self.runs += 1
        await asyncio.sleep(0)

    async def pause(self):
        self.pauses.append(self.now)
        self.now += 5

    def begin(self):
        self.told.append("begin")

    def progress(self, done):
        self.done.append(done)

    def end(self, sentence, distribution):
        self.told.append(sentence)
        self.distribution = distribution

    def benchmark(self):
        return Benchmark(lambda: self.now, self.pause, self)


def test_a_benchmark_times_every_inference_but_the_first():
    clock = Clock(1, 3)
    distribution = finished(clock.benchmark().run(clock.infer))
    assert clock.runs == RUNS + 1 == 501
    assert (distribution.runs, distribution.median, distribution.percentile_95) == (500, 2, 3)
    assert distribution.starts == pytest.approx([1 + bar / 10 for bar in range(21)])
    assert (distribution.counts[0], distribution.counts[-1], sum(distribution.counts)) == (
        250,
        250,
        500,
    )


@pytest.mark.parametrize("ms, at_once", [(0.5, 17), (3, 3), (30, 1)])
def test_a_benchmark_lets_the_page_have_its_turn_after_half_a_frame_or_one_inference(ms, at_once):
    clock = Clock(ms)
    finished(clock.benchmark().run(clock.infer))
    assert clock.done == list(range(at_once, RUNS + 1, at_once))
    assert len(clock.pauses) == len(clock.done)


def test_a_benchmark_that_is_stopped_tells_what_it_has():
    async def scenario():
        clock = Clock(1)
        benchmark = clock.benchmark()
        running = asyncio.create_task(benchmark.run(clock.infer))
        while clock.runs < 42:
            await asyncio.sleep(0)
        assert benchmark.is_running
        await benchmark.press(None)
        distribution = await running
        assert not benchmark.is_running and 40 < distribution.runs < 45
        again = await benchmark.run(clock.infer)
        assert again.runs == 500

    finished(scenario())


def test_a_benchmark_that_is_stopped_at_once_has_nothing():
    async def scenario():
        clock = Clock(1)
        benchmark = clock.benchmark()
        running = asyncio.create_task(benchmark.run(clock.infer))
        await asyncio.sleep(0)
        await benchmark.press(None)
        assert await running is None

    finished(scenario())


def test_the_button_tells_what_was_timed_and_how_long_it_took():
    clock = Clock(2)
    finished(clock.benchmark().press(Subject("CNN on wasm", clock.infer)))
    assert clock.told == [
        "begin",
        "CNN on wasm: 500 inferences: median 2.00 ms, 95 % within 2.00 ms",
    ]
    assert clock.distribution.runs == 500


def test_the_button_tells_that_it_was_stopped():
    async def scenario():
        clock = Clock(2)
        benchmark = clock.benchmark()
        running = asyncio.create_task(benchmark.press(Subject("CNN on wasm", clock.infer)))
        await asyncio.sleep(0)
        await benchmark.press(None)
        await running
        assert clock.told == ["begin", "CNN on wasm: stopped"] and clock.distribution is None

    finished(scenario())


def test_the_button_says_so_where_there_is_nothing_to_time_or_it_fails():
    async def lost():
        raise PageError("The GPU was lost.")

    clock = Clock(2)
    finished(clock.benchmark().press(None))
    finished(clock.benchmark().press(Subject("CNN on webgpu", lost)))
    assert clock.told == ["There is no model to time yet.", "begin", "The GPU was lost."]


def test_a_benchmark_that_breaks_can_run_again():
    async def breaking():
        raise ValueError("gone")

    benchmark = Clock(1).benchmark()
    with pytest.raises(ValueError, match="gone"):
        finished(benchmark.run(breaking))
    assert not benchmark.is_running


@given(times)
def test_a_distribution_counts_all_of_its_times_in_few_bars(values):
    distribution = Distribution.of(values)
    assert sum(distribution.counts) == distribution.runs == len(values)
    assert len(distribution.counts) <= MAX_BARS
    assert distribution.low <= min(values) + 1e-9 < distribution.low + distribution.width + 1e-9


def test_times_of_a_clock_with_steps_leave_no_gaps_between_the_bars():
    values = [step / 10 for step in range(1, 8)] * 20
    assert Distribution.of(values).counts == (20,) * 7


def test_a_distribution_in_words():
    assert (
        str(Distribution.of([1.0] * 99 + [3.0]))
        == "100 inferences: median 1.00 ms, 95 % within 1.00 ms"
    )
