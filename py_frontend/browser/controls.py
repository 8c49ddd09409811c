"""Buttons, keys and the choice of the model: what a person can do apart from drawing."""

from collections.abc import Callable, Iterable, Mapping

from pyscript import document

from core.catalog import ModelEntry
from core.shortcuts import COMMANDS, command_of
from core.strokes import TOOLS

from .events import listen

# Nothing has the focus, or a tool; elsewhere a letter may mean something else.
WHERE_KEYS_COUNT = "body, .drawing *"


class Toolbar:
    """The buttons whose ids are the names of commands, and the keys for the same commands."""

    def __init__(self):
        self._commands: Mapping[str, Callable[[], None]] = {}
        self._buttons = {name: document.getElementById(name) for name in COMMANDS}

    def connect(self, commands: Mapping[str, Callable[[], None]]) -> None:
        """From now on the buttons and the keys call these."""
        self._commands = commands
        for name, button in self._buttons.items():
            listen(button, "click", lambda _event, name=name: self._commands[name]())
        listen(document, "keydown", self._press_key)

    def show_tool(self, tool: str) -> None:
        for name in TOOLS:
            self._buttons[name].ariaPressed = "true" if name == tool else "false"

    def show_idle(self, **idle: bool) -> None:
        """Says which buttons would do nothing now. They can be pressed: a button that is disabled
        under the finger loses focus."""
        for name, is_idle in idle.items():
            self._buttons[name].ariaDisabled = "true" if is_idle else "false"

    def _press_key(self, event) -> None:
        # Browsers make up events without a key when they fill in forms; extensions, for no element.
        if not (hasattr(event, "key") and hasattr(event.target, "matches")):
            return
        control = event.ctrlKey or event.metaKey
        command = command_of(event.key, control, event.shiftKey, event.altKey, event.code)
        if command and event.target.matches(WHERE_KEYS_COUNT):
            event.preventDefault()
            self._commands[command]()


class ModelChoice:
    """The select element with the models."""

    def __init__(self):
        self._select = document.getElementById("model")

    def on_choice(self, handler: Callable[[], None]) -> None:
        listen(self._select, "change", lambda _event: handler())

    @property
    def name(self) -> str:
        return self._select.value

    def offer(self, entries: Iterable[ModelEntry], chosen: str) -> None:
        options = []
        for entry in entries:
            option = document.createElement("option")
            option.value, option.textContent = entry.name, entry.title
            options.append(option)
        self._select.replaceChildren(*options)
        self._select.value = chosen


class BackendChoice:
    """The select element with the backends, and the choice to leave it to the page."""

    AUTOMATIC = "auto"

    def __init__(self, wanted: str | None):
        self._select = document.getElementById("backend-choice")
        self._select.value = wanted or self.AUTOMATIC

    def on_choice(self, handler: Callable[[], None]) -> None:
        listen(self._select, "change", lambda _event: handler())

    @property
    def name(self) -> str | None:
        """None where the page is to choose."""
        return None if self._select.value == self.AUTOMATIC else self._select.value
