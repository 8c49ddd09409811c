"""The other tabs that show this page."""

from collections.abc import Callable

from pyscript import window

from .events import listen

CHANNEL = "webgpu-digits taught"


class OtherTabs:
    """Tells them that what was taught has changed. Without channels, each tab is by itself."""

    def __init__(self):
        has_channels = hasattr(window, "BroadcastChannel")
        self._channel = window.BroadcastChannel.new(CHANNEL) if has_channels else None

    def tell(self) -> None:
        if self._channel:
            self._channel.postMessage("")

    def on_told(self, handler: Callable[[], None]) -> None:
        if self._channel:
            listen(self._channel, "message", lambda _event: handler())
