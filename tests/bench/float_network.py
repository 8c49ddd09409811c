"""The shipped network with its weights unpacked to float32: the same function, as anyone else would
run it."""

from tinygrad import Tensor

from training.networks.layers import (
    Activation,
    Flat,
    Image,
    MaxPool,
    Network,
    Normalise,
    Rules,
    unchanged,
)
from training.networks.quantize import (
    FusedMaxPool,
    QuantizedConvolution,
    QuantizedLayer,
    QuantizedLinear,
    QuantizedNetwork,
)


class FloatLayer:
    """float32 weights (outputs, inputs[, height, width]) and bias (outputs,)."""

    def __init__(self, layer: QuantizedLayer):
        self.weight = layer.unpacked.contiguous().realize()
        self.bias = layer.bias.contiguous().realize()


class FloatLinear(FloatLayer):
    def __call__(self, x: Tensor) -> Tensor:
        return x.linear(self.weight.transpose(), self.bias)


class FloatConvolution(FloatLayer):
    def __init__(self, layer: QuantizedConvolution):
        super().__init__(layer)
        self.placement = layer.placement

    def __call__(self, x: Tensor) -> Tensor:
        return x.conv2d(self.weight, self.bias, **self.placement)


FLOAT = Rules(
    "the network with float weights",
    {
        Normalise: unchanged,
        Image: unchanged,
        Flat: unchanged,
        Activation: unchanged,
        FusedMaxPool: lambda _: MaxPool(),
        QuantizedLinear: FloatLinear,
        QuantizedConvolution: FloatConvolution,
    },
)


class FloatNetwork(Network):
    """`quantized` as tinygrad's stock export gets it: ink (N, 784) in 0..1 -> logits (N, 10)."""

    def __init__(self, quantized: QuantizedNetwork):
        super().__init__(FLOAT.converted(quantized.numbered))
