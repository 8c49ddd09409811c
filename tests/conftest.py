"""Fixtures that several test modules share. Minimal so far: the page's own fixtures are to be added here."""
import os

import pytest
from closing_lines import pytest_terminal_summary
from playwright.sync_api import Browser, sync_playwright

from export.setup.tools import find_chromium
from training.data import DataError, Mnist, load_mnist

__all__ = ["pytest_terminal_summary"]

# WebGPU on the processor, so that the tests run where there is no GPU.
CHROMIUM_FLAGS = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]


@pytest.fixture(scope="session")
def browser() -> Browser:
    """One Chromium for the whole run; each test opens its own page or context."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    """All of MNIST; skips where it cannot be had, but fails where MNIST_DIR names a folder without it."""
    try:
        return load_mnist()
    except DataError as error:
        if os.environ.get("MNIST_DIR"):
            raise
        pytest.skip(f"MNIST cannot be had: {error}")
