"""The two networks: lists of layers that take ink (N, 784) in 0..1 and give logits (N, 10)."""

from collections.abc import Callable

from tinygrad import Tensor, nn

SIDE, CLASSES = 28, 10
PIXELS = SIDE * SIDE
# Mean and standard deviation of the ink over the MNIST training images.
INK_MEAN, INK_STD = 0.1307, 0.3081

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": Tensor.relu,
    "gelu": Tensor.gelu,
    "silu": Tensor.silu,
}


class MLP:
    """784-width-width-10, batch norm before each activation."""

    def __init__(self, width: int = 512, activation: str = "relu"):
        act = ACTIVATIONS[activation]
        self.layers = [
            nn.Linear(PIXELS, width, bias=False),
            nn.BatchNorm(width),
            act,
            nn.Linear(width, width, bias=False),
            nn.BatchNorm(width),
            act,
            nn.Linear(width, CLASSES),
        ]

    def __call__(self, ink: Tensor) -> Tensor:
        return normalised(ink).sequential(self.layers)


class CNN:
    """Six 3x3 convolutions, each with batch norm, in three resolutions, then one linear layer.

    `width` is the number of channels at the middle resolution; the first has three eighths of it
    because its 24x24 outputs cost the most time, the last twice of it because its 4x4 cost the
    least.
    """

    def __init__(self, width: int = 64, activation: str = "relu"):
        act, first, last = ACTIVATIONS[activation], max(1, width * 3 // 8), width * 2
        self.layers = [
            image,
            *conv(1, first, act),
            *conv(first, first, act),
            Tensor.max_pool2d,
            *conv(first, width, act),
            *conv(width, width, act),
            Tensor.max_pool2d,
            *conv(width, last, act, padding=1),
            *conv(last, last, act, padding=1),
            flat,
            nn.Linear(last * 16, CLASSES),
        ]

    def __call__(self, ink: Tensor) -> Tensor:
        return normalised(ink).sequential(self.layers)


MODELS = {"mlp": MLP, "cnn": CNN}


def normalised(ink: Tensor) -> Tensor:
    """Ink in 0..1 with the training set's mean 0 and standard deviation 1."""
    return (ink - INK_MEAN) / INK_STD


def conv(inputs: int, outputs: int, activation: Callable, padding: int = 0) -> list:
    """A 3x3 convolution, its batch norm and its activation, as layers."""
    return [
        nn.Conv2d(inputs, outputs, 3, padding=padding, bias=False),
        nn.BatchNorm(outputs),
        activation,
    ]


def image(flat_pixels: Tensor) -> Tensor:
    """(N, 784) as (N, 1, 28, 28)."""
    return flat_pixels.reshape(-1, 1, SIDE, SIDE)


def flat(features: Tensor) -> Tensor:
    """(N, C, H, W) as (N, C*H*W)."""
    return features.flatten(1)


def parameter_count(model) -> int:
    """Trained numbers of `model`: weights, biases and batch norm's scales, without running
    statistics."""
    return sum(
        p.numel()
        for name, p in nn.state.get_state_dict(model).items()
        if "running" not in name and "num_batches" not in name
    )
