"""Turns a trained network into what the page runs: WGSL kernels, weights, and the static bundle."""
