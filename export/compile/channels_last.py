"""A network for a processor's vectors: weights unpacked beforehand, the channels of images last in
memory.

The same layers compute the same function. How they keep their weights is said here, and that what
they are given has its channels last; outputs.py keeps that so. tinygrad then schedules what depends on weights alone as kernels of their own, which need to
run only once.
"""

from collections.abc import Callable, Iterator

from tinygrad import Tensor
from tinygrad.helpers import argsort

from training.networks.models import flat, normalised
from training.networks.quantize import QuantizedLayer, QuantizedNetwork, image_channel, per_channel

CHANNELS_LAST = (0, 2, 3, 1)  # of images (N, C, H, W)
OUTPUTS_LAST = (1, 2, 3, 0)  # of convolution weights (outputs, inputs, height, width)


def channels_last(network: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """`network` channels_last for vectors; itself where it is not one of ours."""
    return ChannelsLast(network) if isinstance(network, QuantizedNetwork) else network


class ChannelsLast:
    """`quantized`, with the same parameters under the same names."""

    def __init__(self, quantized: QuantizedNetwork):
        self.layers = list(_channels_last(quantized.layers))

    def __call__(self, ink: Tensor) -> Tensor:
        return normalised(ink).sequential(self.layers)


def _channels_last(layers: list[Callable]) -> Iterator[Callable]:
    channels = 1
    for layer in layers:
        if not isinstance(layer, QuantizedLayer):
            yield flat_channels_last if layer is flat else layer
        elif layer.weight.ndim == 2:
            yield Linear(layer, channels)
            channels = 1
        else:
            yield Convolution(layer)
            channels = layer.weight.shape[0]


class Unpacked:
    """The parameters of a quantized layer, and its weights as floats."""

    def __init__(self, layer: QuantizedLayer):
        self.weight, self.scale, self.bias = layer.weight, layer.scale, layer.bias
        self._padding = layer._padding

    def unpacked(self) -> Tensor:
        return self.weight.float() * per_channel(self.scale, self.weight)


class Linear(Unpacked):
    """A linear layer whose inputs are `channels` to each pixel, channels last."""

    def __init__(self, layer: QuantizedLayer, channels: int):
        super().__init__(layer)
        self._channels = channels

    def __call__(self, x: Tensor) -> Tensor:
        outputs, inputs = self.weight.shape
        by_pixel = (
            self.unpacked()
            .reshape(outputs, self._channels, inputs // self._channels)
            .transpose(1, 2)
        )
        return x.linear(by_pixel.reshape(outputs, inputs).contiguous().transpose()) + self.bias


class Convolution(Unpacked):
    def __call__(self, x: Tensor) -> Tensor:
        weight = kept(self.unpacked(), OUTPUTS_LAST)
        return x.conv2d(weight, padding=self._padding) + image_channel(self.bias)


def flat_channels_last(features: Tensor) -> Tensor:
    """(N, C, H, W) as (N, H*W*C)."""
    return features.permute(CHANNELS_LAST).flatten(1)


def kept(x: Tensor, order: tuple[int, ...]) -> Tensor:
    """`x` as it is, kept in memory with its axes in `order`."""
    return x.permute(order).contiguous().permute(argsort(order))
