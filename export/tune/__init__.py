"""Finds better schedules for the kernels, by timing candidates on a GPU and on a processor."""
