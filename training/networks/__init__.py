"""The kinds of layers, the two networks made of them, and the forms of a network: on tensor cores,
and quantized as it ships."""
