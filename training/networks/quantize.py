"""The network as it ships: batch norm folded away, each output channel's weights in eight bits.

Folding: a batch norm that follows a linear map is one more scale and shift of each output channel
(Jacob et al. 2018, section 3.2). Quantization: symmetric, per output channel, rounded to nearest:
weight ~ int8 * scale with scale = max|weight| / 127.
"""

from copy import copy

from tinygrad import Context, Tensor, dtypes, nn
from tinygrad.nn.state import get_state_dict

from .layers import (
    Activation,
    Flat,
    Image,
    Layer,
    MaxPool,
    Network,
    Normalise,
    Rules,
    UnknownLayer,
    unchanged,
)

MAX_INT8 = 127
FOLDABLE = (nn.Linear, nn.Conv2d)


class QuantizedNetwork(Network):
    """`model` ready for export: ink (N, 784) in 0..1 -> logits (N, 10), no batch norm left.

    Without numbers its parameters are uninitialised: of the right shapes, and nothing is computed.
    """

    def __init__(self, model: Network, has_numbers: bool = True):
        super().__init__(QUANTIZED.converted(folded(model)))
        parameters = get_state_dict(self).values()
        if has_numbers:
            with Context(NOOPT=1):  # each number is computed once: compiling would take longer
                Tensor.realize(*parameters)
        else:
            for parameter in parameters:
                parameter.replace(Tensor.empty(*parameter.shape, dtype=parameter.dtype))


class QuantizedLayer:
    """int8 weights (outputs, ...), float32 scale and bias (outputs,)."""

    def __init__(self, layer: nn.Linear | nn.Conv2d):
        weight = layer.weight.float()
        largest = weight.abs().flatten(1).max(axis=1)
        scale = (largest > 0).where(largest / MAX_INT8, 1.0)
        self.scale = scale.contiguous()
        rounded = (weight / per_channel(scale, weight)).round()
        self.weight = rounded.cast(dtypes.int8).contiguous()
        bias = Tensor.zeros(weight.shape[0]) if layer.bias is None else layer.bias.float()
        self.bias = bias.contiguous()

    @property
    def unpacked(self) -> Tensor:
        """The weights as floats."""
        return self.weight.float() * per_channel(self.scale, self.weight)


class QuantizedLinear(QuantizedLayer):
    def __call__(self, x: Tensor) -> Tensor:
        return x.linear(self.weight.float().transpose()) * self.scale + self.bias


class QuantizedConvolution(QuantizedLayer):
    def __init__(self, layer: nn.Conv2d):
        super().__init__(layer)
        self.placement = {
            name: getattr(layer, name) for name in ("groups", "stride", "dilation", "padding")
        }

    def __call__(self, x: Tensor) -> Tensor:
        sums = x.conv2d(self.weight.float(), **self.placement)
        return sums * image_channel(self.scale) + image_channel(self.bias)


class FusedMaxPool:
    """As MaxPool, but tinygrad computes it within the convolution before it."""

    def __call__(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        even = x[:, :, : h // 2 * 2, : w // 2 * 2]
        return even.reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))


QUANTIZED = Rules(
    "the quantized network",
    {
        Normalise: unchanged,
        Image: unchanged,
        Flat: unchanged,
        Activation: unchanged,
        MaxPool: lambda _: FusedMaxPool(),
        nn.Linear: QuantizedLinear,
        nn.Conv2d: QuantizedConvolution,
    },
)


def folded(model: Network) -> dict[int, Layer]:
    """The layers of `model`, with every batch norm merged into the linear or convolution layer
    before it; those that are left keep their numbers."""
    layers: dict[int, Layer] = {}
    for number, layer in model.numbered.items():
        if not isinstance(layer, nn.BatchNorm):
            layers[number] = layer
            continue
        before = number - 1
        if not isinstance(layers.get(before), FOLDABLE):
            raise UnknownLayer(
                f"layers.{number} is a batch norm, which can only be merged into a linear or "
                "convolution layer right before it."
            )
        layers[before] = fold(layers[before], layer)
    return layers


def fold(layer: nn.Linear | nn.Conv2d, norm: nn.BatchNorm) -> nn.Linear | nn.Conv2d:
    """A copy of `layer` that gives what `norm` made of the outputs of `layer` (in evaluation
    mode)."""
    gain = norm.weight * (norm.running_var + norm.eps).rsqrt()
    merged = copy(layer)
    merged.weight = layer.weight * per_channel(gain, layer.weight)
    merged.bias = norm.bias + gain * ((0 if layer.bias is None else layer.bias) - norm.running_mean)
    return merged


def per_channel(values: Tensor, weight: Tensor) -> Tensor:
    """(outputs,) shaped to multiply the rows of `weight` (outputs, ...)."""
    return values.reshape(-1, *[1] * (weight.ndim - 1))


def image_channel(values: Tensor) -> Tensor:
    """(C,) shaped to go with (N, C, H, W)."""
    return values.reshape(1, -1, 1, 1)
