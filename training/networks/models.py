"""The two networks: lists of layers that take ink (N, 784) in 0..1 and give logits (N, 10)."""

from tinygrad import nn

from .layers import Activation, Flat, Image, Layer, MaxPool, Network, Normalise

SIDE, CLASSES = 28, 10
PIXELS = SIDE * SIDE
# Mean and standard deviation of the ink over the MNIST training images.
INK_MEAN, INK_STD = 0.1307, 0.3081


class MLP(Network):
    """784-width-width-10, batch norm before each activation."""

    title = "Multilayer perceptron"

    def __init__(self, width: int = 512, activation: str = "relu"):
        super().__init__(
            [
                normalise(),
                nn.Linear(PIXELS, width, bias=False),
                nn.BatchNorm(width),
                Activation(activation),
                nn.Linear(width, width, bias=False),
                nn.BatchNorm(width),
                Activation(activation),
                nn.Linear(width, CLASSES),
            ]
        )


class CNN(Network):
    """Six 3x3 convolutions, each with batch norm, in three resolutions, then one linear layer.

    `width` is the number of channels at the middle resolution; the first has three eighths of it
    because its 24x24 outputs cost the most time, the last twice of it because its 4x4 cost the
    least.
    """

    title = "Convolutional network"

    def __init__(self, width: int = 64, activation: str = "relu"):
        first, last = max(1, width * 3 // 8), width * 2
        super().__init__(
            [
                normalise(),
                Image(SIDE),
                *conv(1, first, activation),
                *conv(first, first, activation),
                MaxPool(),
                *conv(first, width, activation),
                *conv(width, width, activation),
                MaxPool(),
                *conv(width, last, activation, padding=1),
                *conv(last, last, activation, padding=1),
                Flat(),
                nn.Linear(last * 16, CLASSES),
            ]
        )


MODELS = {"mlp": MLP, "cnn": CNN}


def normalise() -> Normalise:
    """The layer that gives the ink of MNIST's training images mean 0 and standard deviation 1."""
    return Normalise(INK_MEAN, INK_STD)


def conv(inputs: int, outputs: int, activation: str, padding: int = 0) -> list[Layer]:
    """A 3x3 convolution, its batch norm and its activation, as layers."""
    return [
        nn.Conv2d(inputs, outputs, 3, padding=padding, bias=False),
        nn.BatchNorm(outputs),
        Activation(activation),
    ]


def parameter_count(model: Network) -> int:
    """Trained numbers of `model`: weights, biases and batch norm's scales, without running
    statistics."""
    return sum(
        p.numel()
        for name, p in nn.state.get_state_dict(model).items()
        if "running" not in name and "num_batches" not in name
    )
