"""A backend that computes nonsense is noticed, left for the other, and named."""

import json
from dataclasses import asdict
from math import nan

import pytest

from py_frontend.core.catalog import CatalogError, parse_catalog
from py_frontend.core.errors import BackendUnavailable
from py_frontend.core.page import READY
from py_frontend.core.self_test import Probe
from py_frontend.core.session import PROOF_INTERVAL
from tests.support.fakes import ENTRY, LINE, Machine, finished, inferred, model, prepared, settle
from tests.support.page_fakes import Visit

RIGHT = [float(logit) for logit in range(10)]
PROBES = (Probe(bytes(784), tuple(RIGHT)),)
BLANK = "AAAA" * 261 + "AA=="
JSON_PROBES = [{"ink": BLANK, "logits": RIGHT}]
NONSENSE = {
    "zeros": [0.0] * 10,
    "NaN": [nan] * 10,
    "all eights": [0.0] * 8 + [9.0, 0.0],
    "another scale": [2 * logit for logit in RIGHT],
}


def machine_that_computes(**nonsense) -> Machine:
    machine = Machine()
    machine.logits, machine.nonsense = RIGHT, nonsense
    return machine


def probed(name="mlp"):
    return model(name, self_test=PROBES)


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
def test_a_backend_that_computes_nonsense_is_left_when_a_model_is_loaded(nonsense):
    async def scenario():
        machine = machine_that_computes(webgpu=nonsense)
        runtime = machine.runtime("webgpu", "wasm")
        assert (await inferred(runtime, probed())).logits == RIGHT
        assert runtime.backend_name == "wasm"
        assert runtime.failures == [
            "webgpu computes wrong numbers on this machine and is not used. "
            "Update the browser, or restart it."
        ]
        assert "destroy mlp on webgpu" in machine.log

    finished(scenario())


def test_where_both_compute_nonsense_an_error_says_so_of_both_and_a_later_attempt_may_work():
    async def scenario():
        machine = machine_that_computes(webgpu=NONSENSE["zeros"], wasm=NONSENSE["NaN"])
        runtime = machine.runtime("webgpu", "wasm")
        with pytest.raises(BackendUnavailable, match="webgpu computes wrong.*wasm computes wrong"):
            await prepared(runtime, probed())
        machine.nonsense.clear()
        assert (await inferred(runtime, probed())).backend == "webgpu"

    finished(scenario())


def test_rounding_is_no_nonsense():
    rounded = [logit + 0.01 for logit in RIGHT]
    assert PROBES[0].accepts(rounded)
    assert not PROBES[0].accepts([logit + 0.2 for logit in RIGHT])
    assert not PROBES[0].accepts(RIGHT[:9])
    assert Probe(bytes(784), (0.0,) * 10).accepts([0.0] * 10)


@pytest.mark.parametrize("kind", ["zeros", "NaN"])
def test_an_answer_that_no_network_gives_is_not_believed(kind):
    async def scenario():
        machine = machine_that_computes()
        runtime = machine.runtime("webgpu", "wasm")
        await prepared(runtime, probed())
        machine.nonsense["webgpu"] = NONSENSE[kind]
        inference = await inferred(runtime, probed())
        assert (inference.backend, inference.logits) == ("wasm", RIGHT)

    finished(scenario())


def test_what_is_wrong_but_looks_right_is_noticed_after_some_hundred_answers():
    async def scenario():
        machine = machine_that_computes()
        runtime = machine.runtime("webgpu", "wasm")
        await prepared(runtime, probed())
        machine.nonsense["webgpu"] = NONSENSE["all eights"]
        backends = [(await inferred(runtime, probed())).backend for _ in range(PROOF_INTERVAL + 1)]
        assert backends == ["webgpu"] * PROOF_INTERVAL + ["wasm"]

    finished(scenario())


def test_a_page_that_was_hidden_has_its_backend_prove_itself_before_the_next_answer():
    async def scenario():
        machine = machine_that_computes()
        runtime = machine.runtime("webgpu", "wasm")
        await prepared(runtime, probed())
        machine.nonsense["webgpu"] = NONSENSE["all eights"]
        runtime.doubt()
        assert (await inferred(runtime, probed())).backend == "wasm"

    finished(scenario())


def test_work_on_a_named_backend_that_computes_nonsense_fails_and_leaves_the_one_in_use():
    async def scenario():
        runtime = machine_that_computes(wasm=NONSENSE["zeros"]).runtime("webgpu", "wasm")
        await prepared(runtime, probed())
        with pytest.raises(BackendUnavailable, match="wasm computes wrong numbers"):
            await inferred(runtime, probed(), "wasm")
        assert (runtime.backend_name, runtime.failures) == ("webgpu", [])

    finished(scenario())


def visit(**options) -> Visit:
    made = Visit(**options)
    entries = [asdict(model(name)) | {"self_test": JSON_PROBES} for name in ("mlp", "cnn")]
    made.index, made.machine.logits = json.dumps(entries), RIGHT
    return made


def test_a_page_goes_on_where_its_backend_begins_to_compute_nonsense_and_says_so():
    async def scenario():
        made = await visit().open()
        await made.draw()
        made.machine.nonsense["webgpu"] = NONSENSE["NaN"]
        await made.draw(LINE * 2)
        assert made.card.answer.inference.backend == "wasm"
        assert made.card.described == ("mlp", "wasm")
        assert made.status.sentence.startswith(f"{READY} webgpu computes wrong numbers")

    finished(scenario())


def test_a_page_whose_only_backend_begins_to_compute_nonsense_ends_in_an_error():
    async def scenario():
        made = await visit(backend="webgpu").open()
        made.machine.nonsense["webgpu"] = NONSENSE["zeros"]
        await made.draw()
        await settle()
        assert made.status.states[-1] == "error" and made.card.answer is None
        assert made.status.sentence.startswith("webgpu computes wrong numbers")
        made.machine.nonsense.clear()
        await made.choose()
        assert made.card.answer.inference.logits == RIGHT

    finished(scenario())


@pytest.mark.parametrize(
    "probe, fault",
    [
        ({"ink": "AAAA", "logits": RIGHT}, "a self-test of 3 pixels"),
        ({"ink": "?", "logits": RIGHT}, ""),
        ({"ink": "?" + BLANK, "logits": RIGHT}, ""),
        ({}, ""),
        (8, ""),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_self_test_that_is_damaged_is_told_as_such(probe, fault):
    with pytest.raises(CatalogError, match=f"list of models is damaged.*{fault}"):
        parse_catalog(json.dumps([ENTRY | {"self_test": [probe]}]))
