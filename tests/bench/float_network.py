"""The shipped network with its weights unpacked to float32: the same function, as anyone else would
run it."""

from collections.abc import Callable

from tinygrad import Tensor

from training.networks.models import normalised
from training.networks.quantize import QuantizedLayer, QuantizedNetwork, halved, per_channel


class FloatLayer:
    """A linear or convolution layer: float32 weight (outputs, inputs[, height, width]) and bias
    (outputs,)."""

    def __init__(self, layer: QuantizedLayer):
        weight = layer.weight.float()
        self.weight = (weight * per_channel(layer.scale, weight)).contiguous().realize()
        self.bias = layer.bias.contiguous().realize()
        self.padding = layer._padding

    def __call__(self, x: Tensor) -> Tensor:
        if self.weight.ndim == 2:
            return x.linear(self.weight.transpose(), self.bias)
        return x.conv2d(self.weight, self.bias, padding=self.padding)


class FloatNetwork:
    """`quantized` as tinygrad's stock export gets it: ink (N, 784) in 0..1 -> logits (N, 10)."""

    def __init__(self, quantized: QuantizedNetwork):
        self.layers = [unpacked(layer) for layer in quantized.layers]

    def __call__(self, ink: Tensor) -> Tensor:
        return normalised(ink).sequential(self.layers)


def unpacked(layer: Callable) -> Callable:
    if isinstance(layer, QuantizedLayer):
        return FloatLayer(layer)
    return Tensor.max_pool2d if layer is halved else layer
