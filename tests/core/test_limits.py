"""Nothing that a browser may never answer is waited for without a limit."""

import asyncio

import pytest

from py_frontend.core import chooser, session
from py_frontend.core.chooser import KEY
from py_frontend.core.errors import BackendUnavailable
from py_frontend.core.limits import within
from py_frontend.core.self_test import Probe
from tests.support.fakes import LINE, Machine, finished, inferred, model
from tests.support.page_fakes import Visit

SOON_S = 0.01
PATIENCE_S = 60


async def for_ever():
    await asyncio.get_running_loop().create_future()


async def answer():
    return 7


def test_an_answer_that_comes_in_time_is_given():
    assert finished(within(SOON_S, answer(), "The GPU")) == 7


def test_what_does_not_answer_is_named():
    with pytest.raises(BackendUnavailable, match="The GPU did not answer within 0.01 seconds"):
        finished(within(SOON_S, for_ever(), "The GPU"))


def test_a_gpu_that_never_tells_its_name_does_not_keep_the_page_from_answering(monkeypatch):
    monkeypatch.setattr(chooser, "NAME_S", SOON_S)

    async def scenario():
        made = Visit()
        made.keep(KEY + "mlp", "times of another visit")
        made.machine.hold("ask for the GPU")
        await made.open()
        async with asyncio.timeout(PATIENCE_S):
            while made.status.states != ["loading", "ready"]:
                await asyncio.sleep(SOON_S)
        await made.draw()
        assert made.status.states[-1] == "ready" and made.card.answer.drawn.strokes == LINE

    finished(scenario())


def test_a_backend_that_does_not_finish_its_self_test_is_left(monkeypatch):
    monkeypatch.setattr(session, "SETTLE_S", SOON_S)

    async def scenario():
        machine = Machine()
        machine.logits = [float(logit) for logit in range(10)]
        machine.hold("run mlp on webgpu")
        runtime = machine.runtime("webgpu", "wasm")
        probes = (Probe(bytes(784), tuple(machine.logits)),)
        assert (await inferred(runtime, model(self_test=probes))).backend == "wasm"
        assert runtime.failures[0].startswith("webgpu did not answer")

    finished(scenario())
