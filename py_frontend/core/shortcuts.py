"""Which keys do what."""

COMMANDS = ("pen", "eraser", "undo", "redo", "clear")

CONTROL_KEYS = {("z", False): "undo", ("z", True): "redo", ("y", False): "redo"}  # by key and Shift
PLAIN_KEYS = {"p": "pen", "e": "eraser", "delete": "clear", "backspace": "clear"}


def command_of(
    key: str, control: bool = False, shift: bool = False, alt: bool = False
) -> str | None:
    """The command for a key press; None where the key is not the page's. `control` is Ctrl, or
    Command on a Mac."""
    key = key.lower()
    if alt:
        return None
    if not control:
        return None if shift else PLAIN_KEYS.get(key)
    return CONTROL_KEYS.get((key, shift))
