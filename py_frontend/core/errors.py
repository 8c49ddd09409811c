"""Errors whose messages are written for the person at the page: what happened, and what to do."""


class PageError(Exception):
    """Shown in the status line as it is."""


class FileError(PageError):
    """A file of the page could not be had, or is not what it should be."""


class BackendUnavailable(PageError):
    """This browser or machine cannot run networks in the way that was asked for."""


class WrongNumbers(BackendUnavailable):
    """A backend runs networks, but what it computes is not what they give."""


class NetworkLost(PageError):
    """The device that a network ran on went away."""


def sentence(error: Exception) -> str:
    """What a person is told of any error."""
    if isinstance(error, PageError):
        return str(error)
    return (
        f"The page has a fault ({_named(error)}). Your drawing is kept; retry, or reload the page."
    )


def panel_sentence(error: Exception) -> str:
    """What a person is told of an error of a panel, without which the page goes on."""
    return f"A panel does not work. {_reason(error)}"


def learning_sentence(error: Exception) -> str:
    """What a person is told where nothing could be learned from a correction."""
    return f"What you taught is remembered, but not used yet. {_reason(error)}"


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, PageError) else f"It has a fault: {_named(error)}."


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
