"""One job at a time, and the newest value wins."""

import asyncio

import pytest

from py_frontend.core.errors import PageError
from py_frontend.core.latest import LatestOnly
from tests.support.fakes import Gate, finished, settle


def test_while_busy_only_the_newest_value_is_remembered():
    async def scenario():
        gate, shown = Gate(), []
        latest = LatestOnly(gate, shown.append)
        tasks = [asyncio.create_task(latest.submit(value)) for value in "abcd"]
        await settle()
        assert gate.begun == ["a"]
        await gate.open("A")
        await gate.open("D")
        await asyncio.gather(*tasks)
        assert (gate.begun, shown) == (["a", "d"], ["A", "D"])

    finished(scenario())


def test_what_was_dropped_is_never_shown_but_what_came_after_is():
    async def scenario():
        gate, shown = Gate(), []
        latest = LatestOnly(gate, shown.append)
        tasks = [asyncio.create_task(latest.submit(value)) for value in "ab"]
        await settle()
        latest.drop()
        tasks.append(asyncio.create_task(latest.submit("c")))
        await settle()
        await gate.open("A")
        await gate.open("C")
        await asyncio.gather(*tasks)
        assert (gate.begun, shown) == (["a", "c"], ["C"])

    finished(scenario())


def test_an_error_of_the_newest_value_is_raised_and_the_next_value_runs():
    async def scenario():
        gate, shown = Gate(), []
        latest = LatestOnly(gate, shown.append)
        first = asyncio.create_task(latest.submit("a"))
        await settle()
        await gate.open(error=PageError("broken"))
        with pytest.raises(PageError, match="broken"):
            await first
        second = asyncio.create_task(latest.submit("b"))
        await settle()
        await gate.open("B")
        await second
        assert shown == ["B"]

    finished(scenario())


@pytest.mark.parametrize("overtake", ["submit", "drop"])
def test_an_error_of_an_overtaken_value_is_of_no_interest(overtake):
    async def scenario():
        gate, shown = Gate(), []
        latest = LatestOnly(gate, shown.append)
        tasks = [asyncio.create_task(latest.submit("a"))]
        await settle()
        if overtake == "drop":
            latest.drop()
        tasks.append(asyncio.create_task(latest.submit("b")))
        await settle()
        await gate.open(error=PageError("broken"))
        await gate.open("B")
        await asyncio.gather(*tasks)
        assert shown == ["B"]

    finished(scenario())
