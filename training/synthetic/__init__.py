"""Drawings made by rule: digits, letters, scribbles, and the pen that draws them."""
