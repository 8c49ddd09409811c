"""The layers of a network computed the way GPUs' matrix units like it; the same function, several
times faster to train.

Images are channels-last half floats. A convolution is a matrix product over copied 3x3 patches
(im2col, Chellapilla et al. 2006), padded to the units' tiles. Sums over a whole batch are taken in
two steps, so that all units share them.
"""

from tinygrad import Tensor, dtypes, nn
from tinygrad.helpers import TRAINING, round_up

from .layers import (
    Activation,
    Flat,
    Image,
    MaxPool,
    Network,
    Normalise,
    Rules,
    UnknownLayer,
)

TILE = 16
PARTS = (512, 256, 128, 64)  # partial sums in a sum over a batch, the most that fit
LONG_PART = 512  # rows of a matrix product that are enough for one partial sum


def forward(network: Network, ink: Tensor) -> Tensor:
    """Logits (N, 10) of `network` for ink (N, 784) in 0..1."""
    x = ink
    for number, layer in network.numbered.items():
        x = ON_TENSOR_CORES.apply(number, layer, x)
    return x.float()


def convolution(layer: nn.Conv2d, x: Tensor) -> Tensor:
    if (layer.stride, layer.dilation, layer.groups) != (1, 1, 1) or isinstance(
        layer.padding, tuple
    ):
        raise UnknownLayer(
            "tensor cores are only used for convolutions with stride, dilation and groups of 1 "
            "and the same padding on all sides; train this network with --no-tensor-cores."
        )
    outputs, inputs, height, width = layer.weight.shape
    channels = inputs if inputs == 1 else round_up(inputs, TILE)
    margin = (layer.padding, layer.padding)
    padded = x.pad(((0, 0), margin, margin, (0, channels - inputs)))
    if inputs > 1:
        # In memory, so that the kernel that copies patches does nothing else and writes
        # neighbouring channels together.
        padded = padded.half().contiguous()
    patches = padded.unfold(1, height, 1).unfold(2, width, 1).permute(0, 1, 2, 4, 5, 3)
    kernel = layer.weight.permute(2, 3, 1, 0).pad(((0, 0), (0, 0), (0, channels - inputs), (0, 0)))
    rows = patches.reshape(-1, height * width * channels)
    return multiply(rows, kernel.reshape(-1, outputs), parts_of_product(len(rows))).reshape(
        *patches.shape[:3], outputs
    )


def linear(layer: nn.Linear, x: Tensor) -> Tensor:
    product = multiply(x, layer.weight.transpose(), parts=1)
    return product if layer.bias is None else product.float() + layer.bias


def multiply(rows: Tensor, matrix: Tensor, parts: int) -> Tensor:
    """`rows` (M, K) times `matrix` (K, N) in half precision, summed in float; gives half (M, N).

    Each of the `parts` of the rows has its own copy of the matrix: its gradient is then a sum of
    partial products.
    """
    m, k, n = *rows.shape, matrix.shape[1]
    tiled_k, tiled_n = round_up(k, TILE), round_up(n, TILE)
    left = rows.half().pad(((0, 0), (0, tiled_k - k))).reshape(parts, m // parts, tiled_k)
    right = matrix.half().pad(((0, tiled_k - k), (0, tiled_n - n))).reshape(1, tiled_k, tiled_n)
    left, right = materialised(left), materialised(right.expand(parts, tiled_k, tiled_n))
    product = materialised(left.matmul(right, dtype=dtypes.float).half())
    return product.reshape(m, tiled_n)[:, :n]


def materialised(x: Tensor) -> Tensor:
    """`x` in memory, and its gradient too, so that neither is recomputed inside another kernel."""
    return x.contiguous().contiguous_backward()


def batch_norm(layer: nn.BatchNorm, x: Tensor) -> Tensor:
    """As `nn.BatchNorm`, over all but the last axis; keeps the running statistics."""
    rows = x.reshape(-1, x.shape[-1]).float()
    if TRAINING:
        mean, square = column_mean(rows), column_mean(rows.square())
        variance = (square - mean.square()).relu()
        update_statistics(layer, mean.detach(), variance.detach(), len(rows))
    else:
        mean, variance = layer.running_mean, layer.running_var
    gain = layer.weight * (variance + layer.eps).rsqrt()
    shift = layer.bias - mean * gain
    parts = parts_of(rows)
    return (
        rows.reshape(parts, -1, x.shape[-1]) * per_part(gain, parts) + per_part(shift, parts)
    ).reshape(x.shape)


def update_statistics(layer: nn.BatchNorm, mean: Tensor, variance: Tensor, count: int) -> None:
    keep = 1 - layer.momentum
    layer.running_mean.assign(keep * layer.running_mean + layer.momentum * mean)
    layer.running_var.assign(
        keep * layer.running_var + layer.momentum * variance * (count / (count - 1))
    )


def column_mean(rows: Tensor) -> Tensor:
    """The mean of each column of (M, C), over partial means."""
    return rows.reshape(parts_of(rows), -1, rows.shape[1]).mean(axis=1).contiguous().mean(axis=0)


def per_part(values: Tensor, parts: int) -> Tensor:
    """(C,) as (parts, 1, C), so that its gradient is a sum of partial sums."""
    return materialised(values.reshape(1, 1, -1).expand(parts, 1, values.shape[0]))


def parts_of(rows: Tensor) -> int:
    return next(
        p
        for p in (*PARTS, 16, 8, 4, 2, 1)
        if (len(rows) % p == 0 and len(rows) // p >= TILE) or p == 1
    )


def parts_of_product(rows: int) -> int:
    """In how many parts the gradient of a matrix is summed that so many rows are multiplied by; 1
    where none is taken."""
    fitting = [p for p in PARTS if TRAINING and rows % (p * TILE) == 0] or [1]
    return next((p for p in fitting if rows // p >= LONG_PART), fitting[-1])


def max_pool(x: Tensor) -> Tensor:
    """(N, H, W, C) to (N, H//2, W//2, C)."""
    n, height, width, channels = x.shape
    even = x[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


# Of a layer and its input, which is (N, H, W, C) where the layer itself would take (N, C, H, W).
ON_TENSOR_CORES = Rules(
    "training on tensor cores",
    {
        Normalise: lambda layer, ink: layer(ink),
        Image: lambda layer, ink: ink.reshape(-1, layer.side, layer.side, 1),
        Flat: lambda _, x: x.permute(0, 3, 1, 2).flatten(1),
        Activation: lambda layer, x: layer(x),
        MaxPool: lambda _, x: max_pool(x),
        nn.Linear: linear,
        nn.Conv2d: convolution,
        nn.BatchNorm: batch_norm,
    },
)
