"""Which keys do what."""

COMMANDS = ("pen", "eraser", "undo", "redo", "clear")

DIGITS = tuple("0123456789")
CONTROL_KEYS = {("z", False): "undo", ("z", True): "redo", ("y", False): "redo"}  # by key and Shift
PLAIN_KEYS = {"p": "pen", "e": "eraser", "delete": "clear", "backspace": "clear"}
NO_LETTER = ("Process", "Unidentified")  # an input method has the key, or it is not known
LATIN = (range(0x0250), range(0x1E00, 0x1F00))  # in Unicode, with all accents


def command_of(
    key: str | None,
    control: bool = False,
    shift: bool = False,
    alt: bool = False,
    code: str | None = None,
) -> str | None:
    """The command for a key press; None where the key is not the page's.

    `control` is Ctrl, or Command on a Mac. `code` names the place of the key, such as KeyZ: it
    counts where the keyboard has no Latin letters. Both names are None for the presses that a
    browser makes up when it fills in a form.
    """
    if alt or not key:
        return None
    name = _name(key, code or "")
    if not control:
        return None if shift else PLAIN_KEYS.get(name)
    return CONTROL_KEYS.get((name, shift))


def digit_of(key: str | None, control: bool = False, alt: bool = False) -> int | None:
    """The digit that a key press writes; None where it writes none, or is the browser's own."""
    if control or alt or key not in DIGITS:
        return None
    return DIGITS.index(key)


def _name(key: str, code: str) -> str:
    """What is printed on the key, or would be printed there on a keyboard with Latin letters."""
    is_elsewhere = len(key) == 1 and not any(ord(key) in letters for letters in LATIN)
    if (is_elsewhere or key in NO_LETTER) and code.startswith("Key"):
        return code.removeprefix("Key").lower()
    return key.lower()
