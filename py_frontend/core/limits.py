"""Limits for what a browser may never answer."""

from asyncio import wait_for
from collections.abc import Awaitable
from typing import TypeVar

from .errors import BackendUnavailable

Result = TypeVar("Result")

SETTLE_S = 8.0  # for a backend to give what takes it a fraction of a second, also on a busy machine


async def within(seconds: float, work: Awaitable[Result], what: str) -> Result:
    """What `work` gives; raises BackendUnavailable where that takes longer. `what` begins the
    sentence about it."""
    try:
        return await wait_for(work, seconds)
    except TimeoutError:
        raise BackendUnavailable(
            f"{what} did not answer within {seconds:g} seconds. Restart the browser."
        ) from None
