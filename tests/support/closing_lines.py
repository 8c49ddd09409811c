"""The last lines of a test run: what was not tested because MNIST could not be had."""

ADVICE = "Name a folder with its four files to run them: MNIST_DIR=folder make test"


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum("MNIST" in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.section("MNIST was not found", yellow=True)
        terminalreporter.line(f"Tests skipped for want of it: {count}. {ADVICE}")
