"""The two networks: as they are trained, on GPUs' matrix units, and as they ship."""
