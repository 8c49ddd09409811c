"""A plugin of pytest: leaves out every test that opens a browser, and every one that reads the text
of the code, which mutmut has rewritten. It tells what fails before any mutant is tried."""

import os
import sys

WITHOUT_MUTANT = ("", "stats")  # what mutmut names while the code does what it should


def pytest_collection_modifyitems(config, items):
    config.hook.pytest_deselected(items=[item for item in items if is_left_out(item)])
    items[:] = [item for item in items if not is_left_out(item)]


def is_left_out(item) -> bool:
    return (
        "browser" in getattr(item, "fixturenames", ())
        or item.get_closest_marker("reads_code") is not None
    )


def pytest_runtest_logreport(report):
    """What pytest prints itself is lost with the process in which mutmut runs it."""
    if report.failed and os.environ.get("MUTANT_UNDER_TEST") in WITHOUT_MUTANT:
        print(f"\n{report.nodeid}\n{report.longreprtext}", file=sys.__stderr__)
