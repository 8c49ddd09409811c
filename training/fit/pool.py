"""What a run trains on: MNIST's images, and what is drawn for it; and in which order an epoch takes
them."""

import numpy as np

from training.data.mnist import Examples
from training.synthetic.digits import synthetic_digits
from training.synthetic.traced import traced

from .config import TrainConfig


class Pool:
    """MNIST's images first, then the same ones drawn anew, then synthetic digits.

    An epoch takes each image of MNIST once, and as many of the others, chosen at random, as makes
    their shares of it.
    """

    def __init__(self, config: TrainConfig, mnist: Examples):
        self._seed = config.seed
        shares = (config.traced_share, config.synthetic_share if config.synthetic else 0.0)
        if sum(shares) >= 1:
            raise ValueError(
                f"traced_share and synthetic_share are {sum(shares)}, not less than 1."
            )
        drawn = (
            traced(mnist, config.seed) if config.traced_share else mnist.at(np.arange(0)),
            synthetic_digits(config.synthetic, config.seed, config.synthetic_spread),
        )
        self.examples = mnist.and_also(drawn[0]).and_also(drawn[1])
        self.of_mnist = len(mnist) + len(drawn[0])  # images whose writers are MNIST's come first
        self._parts = [
            (len(part), round(len(mnist) * share / (1 - sum(shares))))
            for part, share in zip(drawn, shares, strict=True)
        ]
        self._mnist = len(mnist)

    @property
    def epoch_length(self) -> int:
        return self._mnist + sum(taken for _, taken in self._parts)

    def order(self, epoch: int) -> np.ndarray:
        """The images of an epoch, int32, decided by the run's seed and the epoch's number alone."""
        rng = np.random.default_rng([self._seed, epoch])
        chosen, start = [np.arange(self._mnist)], self._mnist
        for size, taken in self._parts:
            if taken:
                chosen.append(start + rng.choice(size, taken, replace=taken > size))
            start += size
        return rng.permutation(np.concatenate(chosen)).astype(np.int32)
