"""Which backend runs the models: the first that works, the next one when it fails, and a new device
when one is lost."""

from array import array
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from .catalog import ModelEntry
from .errors import BackendUnavailable, NetworkLost
from .session import BackendKind, Inference, Session

Result = TypeVar("Result")

MAX_LOSSES = 2  # in a row; a device that goes away each time is of no use


class Runtime:
    """Runs any of the models on one of `kinds`; `on_lost` is called when a device is lost, after
    another took its place."""

    def __init__(self, kinds: Sequence[BackendKind], on_lost: Callable[[], None]):
        self._kinds, self._on_lost = {kind.name: kind for kind in kinds}, on_lost
        self._sessions: dict[str, Session] = {}
        self._order: tuple[str, ...] = ()
        self.use(*self._kinds)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all backends, whether or not they work here."""
        return tuple(self._kinds)

    @property
    def backend_name(self) -> str:
        return self._session.kind.name if self._session else ""

    def use(self, *names: str) -> None:
        """From now on the models run on the first of these backends that works."""
        if names != self._order:
            self._order = names
            self._begin()

    async def prepare(self, entry: ModelEntry) -> None:
        """Returns once the model can run, at once where it is loaded; after an error the next call
        tries anew."""
        await self._on_what_works(lambda session: session.network(entry))

    async def infer(self, entry: ModelEntry, ink: array) -> Inference:
        """Ten logits; where the device is lost meanwhile, from what took its place."""
        inference = await self._on_what_works(lambda session: session.infer(entry, ink))
        self._losses = 0
        return inference

    async def prepare_on(self, name: str, entry: ModelEntry) -> None:
        """As `prepare`, but on this backend, whichever is in use; raises where it fails."""
        await self._session_of(name).network(entry)

    async def infer_on(self, name: str, entry: ModelEntry, ink: array) -> Inference:
        """As `infer`, but on this backend."""
        return await self._session_of(name).infer(entry, ink)

    async def gpu_ms(self, name: str, entry: ModelEntry, ink: array) -> float | None:
        """How long the GPU computes on this backend; None where nobody can tell."""
        try:
            return await self._session_of(name).gpu_ms(entry, ink)
        except NetworkLost:
            return None

    async def _on_what_works(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        while True:
            session = self._session
            if session is None:
                raise self._exhausted()
            try:
                return await work(session)
            except BackendUnavailable as reason:
                self._leave(session, str(reason))
            except NetworkLost:
                self._lost(session)

    def _begin(self) -> None:
        self._losses = 0
        self.refusals: list[str] = []
        self._session: Session | None = self._session_of(self._order[0])

    def _session_of(self, name: str) -> Session:
        """A backend that was started stays for when it is used again: there is never more than one
        GPU device."""
        if name not in self._sessions:
            self._sessions[name] = Session(self._kinds[name], self._lost)
        return self._sessions[name]

    def _exhausted(self) -> BackendUnavailable:
        """The reasons why no backend works; the next attempt begins with the first again."""
        reasons = " ".join(self.refusals)
        self._begin()
        return BackendUnavailable(reasons)

    def _leave(self, session: Session, reason: str) -> None:
        """Goes on to the next kind, unless another call already did."""
        if session is not self._session:
            return
        self.refusals.append(reason)
        others = self._order[len(self.refusals) :]
        self._session = self._session_of(others[0]) if others else None

    def _lost(self, session: Session) -> None:
        name = session.kind.name
        if self._sessions.get(name) is session:
            del self._sessions[name]
        if session is not self._session:
            return
        self._losses += 1
        if self._losses < MAX_LOSSES:
            self._session = self._session_of(name)
        else:
            self._leave(session, f"The GPU was lost {MAX_LOSSES} times in a row.")
        self._on_lost()
