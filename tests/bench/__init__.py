"""Benchmarks: what this project's inference is compared with, side by side in one run."""

import training as _training  # noqa: F401  it checks the environment before tinygrad is imported
