"""How long a version of the page lives, and what it gives back at its end."""

from collections.abc import Callable
from contextlib import ExitStack


class Lifetime:
    """Calls at its end whatever releases what was taken meanwhile, the newest first."""

    def __init__(self) -> None:
        self._releases = ExitStack()
        self.is_over = False

    def own(self, release: Callable[[], object]) -> None:
        """`release` is called at the end."""
        self._releases.callback(release)

    def end(self) -> None:
        self.is_over = True
        self._releases.close()
