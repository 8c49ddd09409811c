"""The one door to a network: work on it is done on the first backend that works, on the next one
when that fails, and on a new device when one is lost."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from .catalog import ModelEntry
from .errors import BackendUnavailable, NetworkLost, WrongNumbers
from .session import Backend, LoadedNetwork, Session

Result = TypeVar("Result")
Work = Callable[[LoadedNetwork], Awaitable[Result]]

MAX_LOSSES = 2  # in a row; a device that goes away each time is of no use


class Networks(Protocol):
    """Where work on a loaded network can be done."""

    async def run(
        self, entry: ModelEntry, work: Work[Result], backend: str | None = None
    ) -> Result: ...


class Runtime:
    """Runs any of the models on one of `backends`.

    `on_lost` is called when a device is lost, after another took its place; `on_left` when a
    backend that gave answers is left, as it computes nonsense.
    """

    def __init__(self, backends: Sequence[Backend], on_lost: Callable[[], None] = lambda: None):
        self._backends = {backend.name: backend for backend in backends}
        self.on_lost = on_lost
        self.on_left: Callable[[], None] = lambda: None
        self._sessions: dict[str, Session] = {}
        self._order: tuple[str, ...] = ()
        self.use(*self._backends)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all backends, whether or not they work here."""
        return tuple(self._backends)

    @property
    def backend_name(self) -> str:
        """The backend in use; empty where none works."""
        return self._session.backend.name if self._session else ""

    def use(self, *names: str) -> None:
        """From now on the models run on the first of these backends that works."""
        if names != self._order:
            self._order = names
            self._begin()

    def doubt(self) -> None:
        """Each network proves itself before its next answer: the machine may have slept."""
        for session in self._sessions.values():
            session.doubt()

    async def run(
        self, entry: ModelEntry, work: Work[Result], backend: str | None = None
    ) -> Result:
        """What `work` returns for the loaded network of `entry`.

        With `backend` it runs there and nowhere else, and raises where that fails. Without, it
        begins again on whatever takes the place of a backend that is unavailable or lost.
        """
        if backend is not None:
            return await work(await self._session_of(backend).network(entry))
        while True:
            session = self._session
            if session is None:
                raise self._exhausted()
            try:
                return await work(await session.network(entry))
            except WrongNumbers as reason:
                self._distrust(session, str(reason))
            except BackendUnavailable as reason:
                self._leave(session, str(reason))
            except NetworkLost:
                self._lost(session)

    def _begin(self) -> None:
        self._losses = 0
        self.failures: list[str] = []
        self._session: Session | None = self._session_of(self._order[0])

    def _session_of(self, name: str) -> Session:
        """A backend that was started stays for when it is used again: there is never more than
        one GPU device."""
        if name not in self._sessions:
            self._sessions[name] = Session(self._backends[name], self._lost)
        return self._sessions[name]

    def _exhausted(self) -> BackendUnavailable:
        """The reasons why no backend works; the next attempt begins with the first again."""
        reasons = " ".join(self.failures)
        self._begin()
        return BackendUnavailable(reasons)

    def _leave(self, session: Session, reason: str) -> None:
        """Goes on to the next backend, unless another call already did."""
        if session is not self._session:
            return
        self.failures.append(reason)
        others = self._order[len(self.failures) :]
        self._session = self._session_of(others[0]) if others else None

    def _distrust(self, session: Session, reason: str) -> None:
        """Leaves a backend that computes nonsense; each of its networks has to prove itself again
        before it is used again."""
        has_answered = session.has_answered
        session.unload()
        self._leave(session, reason)
        if has_answered and self._session is not None:
            self.on_left()

    def _lost(self, session: Session) -> None:
        name = session.backend.name
        if self._sessions.get(name) is session:
            del self._sessions[name]
        if session is not self._session:
            return
        self._losses = 1 if session.has_answered else self._losses + 1
        if self._losses < MAX_LOSSES:
            self._session = self._session_of(name)
        else:
            self._leave(session, f"The GPU was lost {MAX_LOSSES} times in a row.")
        self.on_lost()


async def load(_network: LoadedNetwork) -> None:
    """Work that is done once the network is loaded."""
