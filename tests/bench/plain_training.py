"""The plain recipe that ours is compared with: tinygrad's layers as they are, float32, Adam,
batches drawn anew for each step."""

import numpy as np
from tinygrad import Context, Tensor, TinyJit, nn

from training.data.mnist import Examples
from training.networks.layers import Activation, Flat, Image, MaxPool, Network
from training.networks.models import MLP, SIDE, normalise

LEARNING_RATE = 1e-3
BATCH = 512


class PlainCNN(Network):
    """The network of tinygrad's own MNIST example: two pairs of convolutions (5x5, 3x3), batch norm
    and pooling after each pair."""

    def __init__(self):
        relu = Activation("relu")
        super().__init__(
            [
                normalise(),
                Image(SIDE),
                nn.Conv2d(1, 32, 5),
                relu,
                nn.Conv2d(32, 32, 5),
                relu,
                nn.BatchNorm(32),
                MaxPool(),
                nn.Conv2d(32, 64, 3),
                relu,
                nn.Conv2d(64, 64, 3),
                relu,
                nn.BatchNorm(64),
                MaxPool(),
                Flat(),
                nn.Linear(576, 10),
            ]
        )


PLAIN_MODELS = {"mlp": MLP, "cnn": PlainCNN}


class PlainTrainer:
    """Trains `network` on undistorted images; `judged` are the weights themselves."""

    def __init__(self, network, train: Examples):
        self.judged = network
        self._images, self._labels = (
            Tensor(train.images).realize(),
            Tensor(train.labels.astype(np.int32)).realize(),
        )
        self._optimizer = nn.optim.Adam(nn.state.get_parameters(network), lr=LEARNING_RATE)
        self._jitted_step = TinyJit(self._step)

    def step(self) -> Tensor:
        """Trains on the next batch; gives its mean loss, still on the device."""
        with Context(TRAINING=1):
            return self._jitted_step()

    def _step(self) -> Tensor:
        chosen = Tensor.randint(BATCH, high=len(self._labels))
        self._optimizer.zero_grad()
        ink = self._images[chosen].float() / 255
        loss = self.judged(ink).sparse_categorical_crossentropy(self._labels[chosen]).backward()
        return loss.realize(*self._optimizer.schedule_step())
