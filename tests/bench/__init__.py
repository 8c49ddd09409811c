"""Benchmarks: what this project's inference is compared with, side by side in one run."""
