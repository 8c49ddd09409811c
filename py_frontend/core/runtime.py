"""Which backend runs the models: the first that works, the next one when it fails, and a new device when one is lost."""
from array import array
from collections.abc import Callable, Sequence

from .catalog import ModelEntry
from .errors import BackendUnavailable, NetworkLost
from .session import BackendChoice, Network, Session

MOST_LOSSES = 2  # in a row; a device that goes away each time is of no use


class Runtime:
    """Runs any of the models on one of `choices`; `on_lost` is called when a device is lost, after another took its place."""

    def __init__(self, choices: Sequence[BackendChoice], on_lost: Callable[[], None]):
        self._choices, self._on_lost = tuple(choices), on_lost
        self._begin()

    def _begin(self) -> None:
        self._losses = 0
        self.refusals: list[str] = []
        self._open(self._choices[0])

    @property
    def backend_name(self) -> str:
        return self._session.choice.name if self._session else ""

    async def prepare(self, entry: ModelEntry) -> None:
        """Returns once the model can run, at once where it is loaded; after an error the next call tries anew."""
        await self._network(entry)

    async def logits(self, entry: ModelEntry, ink: array) -> list[float]:
        """Ten logits; where the device is lost meanwhile, from what took its place."""
        while True:
            session, network = await self._network(entry)
            try:
                logits = await network.logits(ink)
            except NetworkLost:
                self._lost(session)
            else:
                self._losses = 0
                return logits

    async def _network(self, entry: ModelEntry) -> tuple[Session, Network]:
        while True:
            session = self._session
            if session is None:
                raise self._exhausted()
            try:
                return session, await session.network(entry)
            except BackendUnavailable as reason:
                self._leave(session, str(reason))
            except NetworkLost:
                self._lost(session)

    def _exhausted(self) -> BackendUnavailable:
        """The reasons why no backend works; the next attempt begins with the first again."""
        reasons = " ".join(self.refusals)
        self._begin()
        return BackendUnavailable(reasons)

    def _open(self, choice: BackendChoice) -> None:
        self._session: Session | None = Session(choice, self._lost)

    def _leave(self, session: Session, reason: str) -> None:
        """Goes on to the next choice, unless another call already did."""
        if session is not self._session:
            return
        self.refusals.append(reason)
        self._session = None
        if len(self.refusals) < len(self._choices):
            self._open(self._choices[len(self.refusals)])

    def _lost(self, session: Session) -> None:
        if session is not self._session:
            return
        self._losses += 1
        if self._losses < MOST_LOSSES:
            self._open(session.choice)
        else:
            self._leave(session, f"The GPU was lost {MOST_LOSSES} times in a row.")
        self._on_lost()
