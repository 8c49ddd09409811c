"""The panels that people open, one module each. A new one also needs its name in main.py's tuple
and a section of index.html."""
