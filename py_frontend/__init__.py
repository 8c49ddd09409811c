"""The page, in Python: main.py wires, core/ is pure Python, browser/ touches the page."""
