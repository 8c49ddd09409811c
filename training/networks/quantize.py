"""The network as it ships: batch norm folded away, each output channel's weights in eight bits.

Folding: a batch norm that follows a linear map is one more scale and shift of each output channel
(Jacob et al. 2018, section 3.2). Quantization: symmetric, per output channel, rounded to nearest:
weight ~ int8 * scale with scale = max|weight| / 127.
"""

from collections.abc import Callable

from tinygrad import Tensor, dtypes, nn

from .models import normalised

MAX_INT8 = 127


class QuantizedLayer:
    """A linear or convolution layer with int8 weights (outputs, ...), float32 scale and bias
    (outputs,)."""

    def __init__(self, layer: nn.Linear | nn.Conv2d):
        weight = layer.weight.float()
        largest = weight.abs().flatten(1).max(axis=1)
        scale = (largest > 0).where(largest / MAX_INT8, 1.0)
        self.scale = scale.contiguous().realize()
        self.weight = (
            (weight / per_channel(scale, weight)).round().cast(dtypes.int8).contiguous().realize()
        )
        bias = Tensor.zeros(weight.shape[0]) if layer.bias is None else layer.bias.float()
        self.bias = bias.contiguous().realize()
        self._padding = getattr(layer, "padding", None)

    def __call__(self, x: Tensor) -> Tensor:
        weight = self.weight.cast(dtypes.float32)
        if weight.ndim == 2:
            return x.linear(weight.transpose()) * self.scale + self.bias
        return x.conv2d(weight, padding=self._padding) * image_channel(self.scale) + image_channel(
            self.bias
        )


class QuantizedNetwork:
    """`model` (MLP or CNN) ready for export: ink (N, 784) in 0..1 -> logits (N, 10), no batch norm
    left."""

    def __init__(self, model):
        self.layers = [quantized(layer) for layer in folded(model.layers)]

    def __call__(self, ink: Tensor) -> Tensor:
        return normalised(ink).sequential(self.layers)


def quantized(layer: Callable) -> Callable:
    """`layer` as it ships."""
    if hasattr(layer, "weight"):
        return QuantizedLayer(layer)
    return halved if layer is Tensor.max_pool2d else layer


def halved(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C, H//2, W//2), the largest of each 2x2: as Tensor.max_pool2d, but
    tinygrad computes it within the convolution before it."""
    n, c, h, w = x.shape
    return x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))


def folded(layers: list[Callable]) -> list[Callable]:
    """`layers` with every batch norm merged into the linear or convolution layer before it."""
    result: list[Callable] = []
    for layer in layers:
        result.append(fold(result.pop(), layer) if isinstance(layer, nn.BatchNorm) else layer)
    return result


def fold(layer: nn.Linear | nn.Conv2d, norm: nn.BatchNorm) -> nn.Linear | nn.Conv2d:
    """A copy of `layer` that gives what `norm` made of the outputs of `layer` (in evaluation
    mode)."""
    gain = norm.weight * (norm.running_var + norm.eps).rsqrt()
    merged = object.__new__(type(layer))
    merged.__dict__ = dict(layer.__dict__)
    merged.weight = layer.weight * per_channel(gain, layer.weight)
    merged.bias = norm.bias + gain * ((0 if layer.bias is None else layer.bias) - norm.running_mean)
    return merged


def per_channel(values: Tensor, weight: Tensor) -> Tensor:
    """(outputs,) shaped to multiply the rows of `weight` (outputs, ...)."""
    return values.reshape(-1, *[1] * (weight.ndim - 1))


def image_channel(values: Tensor) -> Tensor:
    """(C,) shaped to go with (N, C, H, W)."""
    return values.reshape(1, -1, 1, 1)
