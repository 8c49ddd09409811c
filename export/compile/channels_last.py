"""A network for a processor's vectors: weights unpacked beforehand, the channels of images last in
memory.

The same layers compute the same function. Here they are told how to keep their weights, and that
images come with their channels last; outputs.py keeps images so. tinygrad then schedules what
depends on weights alone as kernels of their own, which need to run only once.
"""

from collections.abc import Callable, Iterator

from tinygrad import Tensor
from tinygrad.helpers import argsort
from tinygrad.uop.ops import UOp

from training.networks.layers import (
    Activation,
    Flat,
    Image,
    Layer,
    Network,
    Normalise,
    Rules,
    unchanged,
)
from training.networks.quantize import (
    FusedMaxPool,
    QuantizedConvolution,
    QuantizedLinear,
    QuantizedNetwork,
    image_channel,
)

CHANNELS_LAST = (0, 2, 3, 1)  # of images (N, C, H, W)
OUTPUTS_LAST = (1, 2, 3, 0)  # of convolution weights (outputs, inputs, height, width)


def channels_last(network: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """`network` with the same parameters under the same names, channels last; itself where it is
    not a quantized one."""
    return Network(_layers(network)) if isinstance(network, QuantizedNetwork) else network


def _layers(quantized: QuantizedNetwork) -> Iterator[Layer]:
    channels: int | UOp = 1  # of the image that a linear layer is given, flattened
    for number, layer in quantized.numbered.items():
        yield OF_VECTORS.apply(number, layer, channels)
        if isinstance(layer, QuantizedConvolution):
            channels = layer.weight.shape[0]
        elif isinstance(layer, QuantizedLinear):
            channels = 1


class Linear(QuantizedLinear):
    """`layer` for inputs that are the flattened channels of one pixel after the other."""

    def __init__(self, layer: QuantizedLinear, channels: int):
        vars(self).update(vars(layer))
        self._channels = channels

    def __call__(self, x: Tensor) -> Tensor:
        outputs, inputs = self.weight.shape
        by_channel = self.unpacked.reshape(outputs, self._channels, inputs // self._channels)
        by_pixel = by_channel.transpose(1, 2).reshape(outputs, inputs).contiguous()
        return x.linear(by_pixel.transpose()) + self.bias


class Convolution(QuantizedConvolution):
    """`layer` with its outputs last in the memory of its weights."""

    def __init__(self, layer: QuantizedConvolution):
        vars(self).update(vars(layer))

    def __call__(self, x: Tensor) -> Tensor:
        weight = kept(self.unpacked, OUTPUTS_LAST)
        return x.conv2d(weight, **self.placement) + image_channel(self.bias)


class FlatChannelsLast(Flat):
    """(N, C, H, W) as (N, H*W*C)."""

    def __call__(self, x: Tensor) -> Tensor:
        return x.permute(CHANNELS_LAST).flatten(1)


# Of a layer, and the channels of the image that a linear layer is given.
OF_VECTORS = Rules(
    "the network with its channels last",
    {
        Normalise: unchanged,
        Image: unchanged,
        Flat: lambda *_: FlatChannelsLast(),
        Activation: unchanged,
        FusedMaxPool: unchanged,
        QuantizedLinear: Linear,
        QuantizedConvolution: lambda layer, _: Convolution(layer),
    },
)


def kept(x: Tensor, order: tuple[int, ...]) -> Tensor:
    """`x` as it is, kept in memory with its axes in `order`."""
    return x.permute(order).contiguous().permute(argsort(order))
