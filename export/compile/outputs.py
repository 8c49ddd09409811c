"""Which results of a network can be read by name: the logits, and what its layers with weights are
given.

What a layer with weights is given lies in memory anyway, so that to name it costs no kernel.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tinygrad import Tensor
from tinygrad.helpers import argsort
from tinygrad.nn.state import get_state_dict

from training.networks.layers import Flat, Layer, Network

from .channels_last import CHANNELS_LAST

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
    x, is_new = ink, False
    for number, layer in network.numbered.items():
        if is_new and (has_weights(layer) or isinstance(layer, Flat)):
            x, results[f"layer {number - 1}"] = kept(x, order)
            is_new = False
        x = layer(x)
        is_new = is_new or has_weights(layer)
    return x


def has_weights(layer: Layer) -> bool:
    return bool(get_state_dict(layer))


def kept(x: Tensor, order: Order) -> tuple[Tensor, Result]:
    """`x`, read from where it is kept in memory with its axes in `order`, and how it is kept."""
    if x.ndim != len(order):
        stored = x.contiguous()
        return stored, Result(stored, x.shape[1:])
    stored = x.permute(order).contiguous()
    return stored.permute(argsort(order)), Result(stored, x.shape[1:], order == CHANNELS_LAST)
