"""Which results of a network can be read by name: the logits, and what its layers with weights are
given.

What a layer with weights is given lies in memory anyway, so that to name it costs no kernel.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tinygrad import Tensor
from tinygrad.helpers import argsort
from tinygrad.nn.state import get_state_dict

from training.networks.layers import Flat, Layer, Network
from training.networks.quantize import FusedMaxPool, QuantizedConvolution

from .channels_last import CHANNELS_LAST
from .spec import Field

LOGITS, FEATURES = "logits", "features"
CHANNELS_FIRST = (0, 1, 2, 3)  # of images (N, C, H, W); the other order is CHANNELS_LAST

Order = tuple[int, ...]


@dataclass(frozen=True)
class Result:
    """A contiguous tensor, and its shape as readers see it: without the batch, (values,) or, also
    where the channels are last in memory, (channels, height, width)."""

    tensor: Tensor
    shape: tuple[int, ...]
    is_channels_last: bool = False
    field: Field | None = None


def named_results(
    network: Callable[[Tensor], Tensor], ink: Tensor, order: Order | None
) -> dict[str, Result]:
    """The logits of `network` for `ink`, and its layers' results, with images kept in `order`; the
    logits alone where that is None."""
    results: dict[str, Result] = {}
    has_layers = order and isinstance(network, Network)
    logits = through(network, ink, order, results) if has_layers else network(ink)
    return {LOGITS: Result(logits.contiguous(), logits.shape[1:]), **results}


def through(network: Network, ink: Tensor, order: Order, results: dict[str, Result]) -> Tensor:
    """`ink` through all layers. What a layer with weights is given, if another made it, is added to
    `results`; flattened or not, it is the same memory."""
    x, is_new, field = ink, False, Field()
    for number, layer in network.numbered.items():
        if is_new and (has_weights(layer) or isinstance(layer, Flat)):
            x, result = kept(x, order)
            results[f"layer {number - 1}"] = replace(result, field=field if x.ndim == 4 else None)
            is_new = False
        x, field = layer(x), seen_through(layer, field)
        is_new = is_new or has_weights(layer)
    return x


def seen_through(layer: Layer, field: Field) -> Field:
    """What the results of `layer` see, where what it is given sees `field` (Dumoulin & Visin 2016,
    for square windows)."""
    if isinstance(layer, QuantizedConvolution):
        stride, dilation = layer.placement["stride"], layer.placement["dilation"]
        reach, padding = (layer.weight.shape[-1] - 1) * dilation, padding_of(layer)
    elif isinstance(layer, FusedMaxPool):
        reach, stride, padding = 1, 2, 0
    else:
        return field
    return Field(
        field.size + reach * field.stride,
        field.stride * stride,
        field.start - padding * field.stride,
    )


def padding_of(layer: QuantizedConvolution) -> int:
    """On each side, which is the same everywhere."""
    padding = layer.placement["padding"]
    return padding if isinstance(padding, int) else padding[0]


def has_weights(layer: Layer) -> bool:
    return bool(get_state_dict(layer))


def kept(x: Tensor, order: Order) -> tuple[Tensor, Result]:
    """`x`, read from where it is kept in memory with its axes in `order`, and how it is kept."""
    if x.ndim != len(order):
        stored = x.contiguous()
        return stored, Result(stored, x.shape[1:])
    stored = x.permute(order).contiguous()
    return stored.permute(argsort(order)), Result(stored, x.shape[1:], order == CHANNELS_LAST)
