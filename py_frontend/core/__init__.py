"""Everything that needs no browser: strokes, the 28x28 image, probabilities, and
what the page does when.

Standard library only."""
