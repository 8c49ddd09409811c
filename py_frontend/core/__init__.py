"""Everything that needs no browser: strokes, the 28x28 image, probabilities. Standard library
only."""
