"""Adapters: each module owns one thing of the page."""
