"""Finds better schedules for the kernels, by timing candidates on a GPU and on a processor."""

import training  # noqa: F401  it checks the environment before tinygrad is imported
