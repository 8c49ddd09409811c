"""One training run on the device: its state, and the step that changes it. Nothing but order
numbers comes from the host."""

import math
from collections.abc import Iterable
from functools import reduce
from operator import add

import numpy as np
from tinygrad import Context, Device, Tensor, TinyJit, dtypes
from tinygrad.helpers import round_up, unwrap
from tinygrad.nn.state import get_parameters, get_state_dict

from training.data.augment import distort
from training.data.mnist import Examples
from training.networks import tensor_cores
from training.networks.layers import Network
from training.networks.models import CLASSES

from .config import TrainConfig
from .optimizers import OPTIMIZERS, members
from .pool import Pool
from .runs import RunError, RunFolder, first_copy
from .trained import load_network

EVALUATION_BATCH = 1000
COUNTER = "num_batches_tracked"  # of a batch norm; nothing is computed from it
LOSS_SCALE = 1024


class Trainer:
    """The network, its averaged weights and the optimizer, all on `config.devices` devices.

    `state` names every tensor that a step changes; saving and restoring them resumes the run
    exactly.
    """

    def __init__(self, config: TrainConfig, train: Examples):
        self.config = config
        self._devices = (
            tuple(f"{Device.DEFAULT}:{i}" for i in range(config.devices))
            if config.devices > 1
            else Device.DEFAULT
        )
        Tensor.manual_seed(config.seed)
        self.model, self.averaged = config.build(), config.build()
        self._teachers = [
            load_teacher(folder) for folder in filter(None, config.teacher.split(","))
        ]
        self._pool = Pool(config, train)
        train = self._pool.examples
        self._images, self._labels = Tensor(train.images), Tensor(train.labels).cast(dtypes.int32)
        self._count = self._pool.epoch_length
        if config.batch > self._count:
            raise ValueError(
                f"batch is {config.batch}, but there are only {self._count} images to train on."
            )
        self._order = Tensor(np.zeros(self._count, np.int32))
        self._done = Tensor([0], dtype=dtypes.int32)
        self._place()
        weights = [p for p in get_parameters(self.model) if p.is_param]
        self._optimizer = OPTIMIZERS[config.optimizer](weights, config.lr, config.weight_decay)
        self._peak_lrs = [float(member.lr.item()) for member in members(self._optimizer)]
        realize(self._slots.values())  # or the first step would be compiled for itself
        self._jitted_step = TinyJit(self._step)
        self.copy_weights()

    def _place(self) -> None:
        """Realizes all that stays on the device; on several, each has a copy of it."""
        for average, value in self._averaged_pairs():
            average.replace(value.zeros_like())  # its initial values are not worth computing
        held = [self._images, self._labels, self._order, self._done]
        for model in (self.model, self.averaged, *self._teachers):
            held += get_state_dict(model).values()
        realize(held)
        if self.config.devices > 1:
            for tensor in held:
                tensor.to_(self._devices)
            Tensor.realize(*held)

    def copy_weights(self) -> None:
        """Starts the average from the weights themselves."""
        Tensor.realize(*(average.assign(value) for average, value in self._averaged_pairs()))

    def _averaged_pairs(self) -> list[tuple[Tensor, Tensor]]:
        averages, values = get_state_dict(self.averaged), get_state_dict(self.model)
        return [(averages[name], values[name]) for name in values if not name.endswith(COUNTER)]

    @property
    def _slots(self) -> dict[str, Tensor]:
        """What the optimizer keeps from one step to the next."""
        return {
            f"{i}.{key}": value
            for i, member in enumerate(members(self._optimizer))
            for key, value in get_state_dict(member).items()
            if not key.startswith("params.") and key != "lr"
        }

    @property
    def state(self) -> dict[str, Tensor]:
        parts = {
            "model": get_state_dict(self.model),
            "averaged": get_state_dict(self.averaged),
            "optimizer": self._slots,
        }
        return {
            f"{part}.{name}": value
            for part, values in parts.items()
            for name, value in values.items()
        } | {"done": self._done}

    @property
    def steps_done(self) -> int:
        return int(first_copy(self._done).item())

    @property
    def steps_per_epoch(self) -> int:
        return max(1, self._count // self.config.batch)

    def begin_epoch(self, epoch: int) -> None:
        """Shuffles the images, by the run's seed and the number of the epoch alone."""
        order = self._pool.order(epoch)
        self._order.assign(
            Tensor(order, device=self._devices if isinstance(self._devices, str) else None).to(
                self._devices
            )
        ).realize()

    def step(self) -> Tensor:
        """Trains on the next batch; gives its mean loss (1,), which is still on the device."""
        with Context(TRAINING=1):
            return self._jitted_step()

    def _step(self) -> Tensor:
        images, labels, real, key = self._batch()
        ink = distort(images, key, self.config.distortion, elastic=real).contiguous().realize()
        self._optimizer.zero_grad()
        loss = self._loss(self._logits(self.model, ink), ink, labels, real)
        self._backward(loss)
        self._set_learning_rates()
        changed = self._optimizer.schedule_step()
        average = [
            a.assign(a * self._ema() + value.detach() * (1 - self._ema()))
            for a, value in self._averaged_pairs()
        ]
        counted = [t for name, t in get_state_dict(self.model).items() if name.endswith(COUNTER)]
        Tensor.realize(loss, *changed, *average, *counted, self._done.assign(self._done + 1))
        return loss

    def _batch(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Images (B, 784) in 0..1, labels (B,), 1 for MNIST's images and 0 for synthetic ones (B,),
        and the key of this step's random numbers (1,)."""
        with Context(
            SPLIT_REDUCEOP=0
        ):  # a gather over all images is a plain load only when it is not split
            start = (self._done % self.steps_per_epoch) * self.config.batch
            chosen = (
                self._order[start + Tensor.arange(self.config.batch).cast(dtypes.int32)]
                .contiguous()
                .realize()
            )
            images = (self._images[chosen].cast(dtypes.float32) / 255).contiguous()
            labels, real = (
                self._labels[chosen].contiguous(),
                (chosen < self._pool.of_mnist).cast(dtypes.float32).contiguous(),
            )
            Tensor.realize(images, labels, real)
        key = (
            self._done.cast(dtypes.uint32) * 0x9E3779B1
            + (self.config.seed * 0x85EBCA77 + 1) % 2**32
        ).contiguous()
        if isinstance(self._devices, tuple):
            images, labels, real = (shared(t, self._devices) for t in (images, labels, real))
        return images, labels, real, key

    def _logits(self, model, ink: Tensor) -> Tensor:
        return tensor_cores.forward(model, ink) if self.config.tensor_cores else model(ink)

    def _loss(self, logits: Tensor, ink: Tensor, labels: Tensor, real: Tensor) -> Tensor:
        """The mean loss. Labels count for what the teachers are not asked: of synthetic images they
        may know nothing."""
        hard = logits.sparse_categorical_crossentropy(labels, reduction="none")
        if not self._teachers:
            return hard.mean()
        with Context(TRAINING=0):
            answers = [self._logits(teacher, ink) for teacher in self._teachers]
            target = reduce(add, answers) / len(answers)
        soft = distillation(logits, target, self.config.teacher_temperature)
        config = self.config
        share = real * config.teacher_share + (1 - real) * config.teacher_synthetic_share
        return (hard * (1 - share) + soft * share).mean()

    def _backward(self, loss: Tensor) -> None:
        """The gradients of `loss`; scaled up on their way, where half precision would lose small
        ones (Micikevicius et al. 2018)."""
        scale = LOSS_SCALE if self.config.tensor_cores else 1
        (loss * scale).backward()
        for weight in self._optimizer.params:
            weight.grad = unwrap(weight.grad) / scale

    def _ema(self) -> Tensor:
        """The average's share that stays; small at first, so that the initial weights are soon
        forgotten."""
        steps = self._done.cast(dtypes.float32)
        return ((1 + steps) / (10 + steps)).minimum(self.config.ema)

    def _set_learning_rates(self) -> None:
        share = schedule(
            (self._done.cast(dtypes.float32) + 1) / self.config.steps,
            max(self.config.warmup, 1 / self.config.steps),
        )
        for member, peak in zip(members(self._optimizer), self._peak_lrs):
            member.lr.assign(share * peak)


def realize(tensors: Iterable[Tensor]) -> None:
    """Gives each of `tensors` memory of its own, constants too."""
    tensors = list(tensors)
    for tensor in tensors:
        tensor.replace(tensor.contiguous())
    Tensor.realize(*tensors)


def schedule(progress: Tensor, warmup: float) -> Tensor:
    """The share of the peak learning rate: rises linearly up to `warmup`, then falls along half a
    cosine to zero at 1 (Loshchilov & Hutter 2017)."""
    falling = (
        ((progress - warmup) / max(1 - warmup, 1e-9)).clamp(0, 1) * math.pi
    ).cos() * 0.5 + 0.5
    return (progress < warmup).where(progress / warmup, falling)


def distillation(logits: Tensor, teacher_logits: Tensor, temperature: float) -> Tensor:
    """Cross-entropy of each image with the teacher's softened prediction (N,), gradients kept at
    their size (Hinton et al. 2015)."""
    target = (teacher_logits / temperature).softmax(axis=1).detach()
    return -(target * (logits / temperature).log_softmax(axis=1)).sum(axis=1) * temperature**2


def shared(batch: Tensor, devices: tuple[str, ...]) -> Tensor:
    """`batch`, of which every device has a copy, split so that each keeps its own rows."""
    return batch.to(devices[0]).shard(devices, axis=0)


def load_teacher(folder: str) -> Network:
    """The network of a finished run; raises ValueError when there is none."""
    try:
        return load_network(RunFolder(folder))
    except (RunError, ValueError) as error:
        raise ValueError(
            f"The teacher cannot be read. {error} Train it first, as training/README.md says,"
            " or choose --preset quick, which has no teacher."
        ) from error


class Classifier:
    """Logits of many images at once, compiled once; runs where the model's weights are."""

    def __init__(self, model):
        self._run = TinyJit(lambda ink: model(ink).realize())
        device = get_parameters(model)[0].device
        self._devices = device if isinstance(device, tuple) else (device,)
        self._batch = round_up(EVALUATION_BATCH, len(self._devices))

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Images (N, 784), uint8 or 0..1 float, to logits (N, 10)."""
        ink = images.astype(np.float32) / (255 if images.dtype == np.uint8 else 1)
        padded = np.pad(ink, ((0, -len(ink) % self._batch), (0, 0)))
        batches = (
            self._placed(Tensor(part)).realize()
            for part in padded.reshape(-1, self._batch, padded.shape[1])
        )
        return np.concatenate([self._run(batch).numpy() for batch in batches])[: len(ink)].reshape(
            -1, CLASSES
        )

    def _placed(self, ink: Tensor) -> Tensor:
        return ink.shard(self._devices, axis=0) if len(self._devices) > 1 else ink
