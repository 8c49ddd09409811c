"""Trains, evaluates and compares the two networks."""

from training.device import check_environment

# Whatever imports tinygrad imports this package first. What is wrong with the environment is said
# here, in one place; tinygrad itself would raise from the depths of its import.
check_environment()
