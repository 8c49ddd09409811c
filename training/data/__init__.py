"""What networks learn from: MNIST, its distortions, and real pen strokes to judge by."""
