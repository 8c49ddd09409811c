"""Errors whose messages are written for the person at the page: what happened, and what to do."""


class PageError(Exception):
    """Shown in the status line as it is."""


class FileError(PageError):
    """A file of the page could not be had, or is not what it should be."""


class BackendUnavailable(PageError):
    """This browser or machine cannot run networks in the way that was asked for."""


class NetworkLost(PageError):
    """The device that a network ran on went away."""
