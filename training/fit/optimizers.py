"""The optimizers a run can choose from, by name."""

from collections.abc import Callable, Sequence

from tinygrad import Tensor
from tinygrad.nn.optim import SGD, Adam, AdamW, Muon, Optimizer, OptimizerGroup

MOMENTUM = 0.9
MUON_TO_ADAMW_LR = 0.1  # what Muon does not train learns at a tenth of its rate


def sgd(params: list[Tensor], lr: float, weight_decay: float) -> Optimizer:
    return SGD(params, lr, momentum=MOMENTUM, weight_decay=weight_decay, nesterov=True)


def adam(params: list[Tensor], lr: float, weight_decay: float) -> Optimizer:
    return Adam(params, lr)


def adamw(params: list[Tensor], lr: float, weight_decay: float) -> Optimizer:
    return AdamW(params, lr, weight_decay=weight_decay)


def muon(params: list[Tensor], lr: float, weight_decay: float) -> Optimizer:
    """Muon for the hidden layers' matrices and kernels, AdamW for vectors, the first and the last
    layer (Jordan 2024)."""
    shaped = [p for p in params if p.ndim > 1]
    hidden = shaped[1:-1]
    rest = [p for p in params if not any(p is h for h in hidden)]
    return OptimizerGroup(
        Muon(hidden, lr, weight_decay=weight_decay),
        AdamW(rest, lr * MUON_TO_ADAMW_LR, weight_decay=weight_decay),
    )


OPTIMIZERS: dict[str, Callable[[list[Tensor], float, float], Optimizer]] = {
    "sgd": sgd,
    "adam": adam,
    "adamw": adamw,
    "muon": muon,
}


def members(optimizer: Optimizer) -> Sequence[Optimizer]:
    """The optimizers in a group, or the one itself."""
    return optimizer.optimizers if isinstance(optimizer, OptimizerGroup) else [optimizer]
