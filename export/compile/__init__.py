"""From a trained network to kernels, weights and WASM as data."""
