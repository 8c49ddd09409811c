"""The network that a run has trained."""

from training.networks.layers import Network

from .config import from_json
from .runs import RunFolder, load_weights


def load_network(run: RunFolder) -> Network:
    """The network of `run` with its best weights. Raises ValueError where the run has no usable
    configuration, RunError where it has no usable weights."""
    network = from_json(run.config).build()
    load_weights(network, run.best)
    return network
