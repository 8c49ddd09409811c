"""Trains, evaluates and compares the two networks."""
