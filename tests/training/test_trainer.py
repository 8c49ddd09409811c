"""One run on the device: its schedule, its batches, its teacher, and the same on several
devices."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tinygrad import Context, Device, Tensor
from tinygrad.nn.state import get_state_dict

from tests.support.tiny_mnist import TINY, bars, tiny_mnist
from training.fit import trainer as trainers
from training.fit.config import TrainConfig
from training.fit.loop import Score, train
from training.fit.runs import RunFolder, first_copy, load_tensors
from training.fit.trainer import COUNTER, Classifier, Trainer, distillation, schedule
from training.networks.models import CLASSES

pytestmark = pytest.mark.usefixtures("shallow")
MNIST = tiny_mnist()
# Of all tests, as each other value of many options is another graph for tinygrad to compile.
CONFIG = replace(TINY, evaluations=2)
SHARED = replace(CONFIG, devices=4)
SMALL = 1e-5
FIRST = "layers.0.weight"


def run(folder: Path, config: TrainConfig) -> RunFolder:
    """A finished run in `folder`."""
    train(config, RunFolder(folder), MNIST, quiet=True)
    return RunFolder(folder)


@pytest.fixture(scope="module")
def watched(tmp_path_factory) -> tuple[RunFolder, list[np.ndarray]]:
    """A run on one device, and its first weights after each step."""
    weights, step = [], Trainer.step

    def step_and_look(trainer: Trainer) -> Tensor:
        loss = step(trainer)
        weights.append(trainer.model.numbered[0].weight.numpy())
        return loss

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "step", step_and_look)
        return run(tmp_path_factory.mktemp("alone"), CONFIG), weights


@pytest.fixture(scope="module")
def alone(watched) -> RunFolder:
    folder, _ = watched
    return folder


@pytest.fixture(scope="module")
def together(tmp_path_factory) -> RunFolder:
    """The same run on several devices."""
    return run(tmp_path_factory.mktemp("together"), SHARED)


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    """One whose batches can be looked at."""
    return Trainer(TINY, MNIST.train)


@pytest.fixture(scope="module")
def pupil(alone, tmp_path_factory) -> tuple[RunFolder, Score]:
    """One that learned from `alone`, and how well it reads. All labels say 0, only the teacher
    knows better, and the loss is all its own. Its weights are not averaged."""
    liars = replace(MNIST, train=replace(MNIST.train, labels=np.zeros_like(MNIST.train.labels)))
    config = replace(
        CONFIG, teacher=str(alone.path), teacher_share=1.0, seed=5, evaluations=1, ema=0.0
    )
    folder = RunFolder(tmp_path_factory.mktemp("pupil"))
    return folder, train(config, folder, liars, quiet=True)


def learned(config: TrainConfig, scale: float) -> dict[str, np.ndarray]:
    """What a step finds out: the `loss`, the gradients of `scale` times it, and the running
    statistics."""
    trainer = Trainer(config, MNIST.train)
    trainer.begin_epoch(0)
    with Context(TRAINING=1):
        images, labels, real, _ = trainer._batch()
        loss = trainer._loss(trainer._logits(trainer.model, images), images, labels, real)
        trainer._backward(loss * scale)
        state = get_state_dict(trainer.model)
        found = {name: t.grad if t.is_param else t for name, t in state.items()} | {"loss": loss}
        Tensor.realize(*found.values())
    return {name: first_copy(t).numpy() for name, t in found.items()}


def test_several_devices_learn_what_one_learns(alone, together):
    """And from images that are distorted as on one."""
    one, several = (load_tensors(folder.last) for folder in (alone, together))
    assert several.keys() == one.keys()
    for name, value in one.items():
        assert np.linalg.norm(several[name] - value) <= 1e-3 * np.linalg.norm(value), name
    for row, other in zip(alone.rows(), together.rows(), strict=True):
        assert other["train_loss"] == pytest.approx(row["train_loss"], rel=1e-3, abs=2e-4)


def test_a_run_on_several_devices_is_validated_saved_and_continued(together):
    rows = together.rows()
    assert [row["step"] for row in rows] == [10, 20]
    best = train(SHARED, together, MNIST, resume=True, quiet=True)
    assert best == min(
        (Score(row["validation_accuracy"], row["validation_loss"]) for row in rows),
        key=lambda score: score.loss,
    )
    assert together.rows() == rows


def test_images_are_classified_alike_on_any_number_of_devices(monkeypatch):
    """Neither the images nor the usual batch can be shared out evenly."""
    model = CONFIG.build()
    images = bars(7, seed=5).images
    expected = Classifier(model).logits(images)
    for tensor in get_state_dict(model).values():
        tensor.to_(tuple(f"{Device.DEFAULT}:{i}" for i in range(SHARED.devices)))
    monkeypatch.setattr(trainers, "EVALUATION_BATCH", trainers.EVALUATION_BATCH - 1)
    logits = Classifier(model).logits(images)
    assert logits.shape == (7, 10) and np.allclose(logits, expected, atol=1e-5)


def test_ink_can_be_bytes_or_parts_of_one():
    images = bars(3, seed=5).images
    classifier = Classifier(TINY.build())
    assert np.array_equal(
        classifier.logits(images), classifier.logits(images.astype(np.float32) / 255)
    )


def test_the_learning_rate_rises_in_a_line_and_falls_along_half_a_cosine():
    progress = np.array([0.025, 0.05, 0.1, 0.325, 0.55, 0.775, 1.0], np.float32)
    falling = [(1 + math.cos(math.pi * part)) / 2 for part in (0, 0.25, 0.5, 0.75, 1)]
    assert schedule(Tensor(progress), 0.1).numpy() == pytest.approx([0.25, 0.5, *falling], abs=1e-5)


def test_a_warm_up_as_long_as_the_run_never_falls():
    assert schedule(Tensor([0.25, 0.5, 1.0]), 1.0).numpy() == pytest.approx([0.25, 0.5, 1.0])


def test_the_last_step_of_a_run_changes_nothing_any_more(watched):
    """Its learning rate is zero: the weights are those of the step before."""
    *_, earlier, before, last = watched[1]
    assert np.array_equal(last, before)
    assert not np.array_equal(before, earlier)


def test_without_averaging_the_average_is_the_network_itself(alone, pupil):
    averaged, plain = (load_tensors(folder.last) for folder in (alone, pupil[0]))
    for name, value in plain.items():
        if name.startswith("averaged.") and not name.endswith(COUNTER):
            assert np.array_equal(value, plain[f"model.{name.removeprefix('averaged.')}"]), name
    assert not np.array_equal(averaged[f"averaged.{FIRST}"], averaged[f"model.{FIRST}"])


def test_each_epoch_takes_every_image_once_in_an_order_of_its_own(trainer):
    orders = []
    for epoch in (0, 1, 0):
        trainer.begin_epoch(epoch)
        orders.append(trainer._order.numpy().tolist())
    assert all(sorted(order) == list(range(len(MNIST.train))) for order in orders)
    assert orders[0] == orders[2] != orders[1]
    other = Trainer(replace(TINY, seed=1), MNIST.train)
    other.begin_epoch(0)
    assert other._order.numpy().tolist() != orders[0]


def test_a_batch_is_the_next_images_of_the_order_with_their_labels(trainer):
    trainer.begin_epoch(0)
    order = trainer._order.numpy()
    for step in (0, 1, trainer.steps_per_epoch - 1, trainer.steps_per_epoch):
        trainer._done.assign(Tensor([step], dtype=trainer._done.dtype)).realize()
        images, labels, _, _ = trainer._batch()
        expected = order[step % trainer.steps_per_epoch * TINY.batch :][: TINY.batch]
        assert np.array_equal(labels.numpy(), MNIST.train.labels[expected])
        assert np.allclose(images.numpy() * 255, MNIST.train.images[expected], atol=1e-3)


def test_a_batch_larger_than_the_data_is_an_error():
    """Regression: places beyond the last image were read as blank ones."""
    with pytest.raises(ValueError, match="batch is 512, but there are only 256 images to train on"):
        Trainer(replace(TINY, batch=512), MNIST.train)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def softened_cross_entropy(logits, teacher, temperature: float) -> np.ndarray:
    target = np.exp(log_softmax(teacher / temperature))
    return -(target * log_softmax(logits / temperature)).sum(axis=1) * temperature**2


def test_distillation_is_cross_entropy_with_the_softened_prediction_of_the_teacher():
    numbers = np.random.default_rng(0)
    logits, teacher = (numbers.normal(0, 3, (4, CLASSES)) for _ in range(2))
    ours, others = (Tensor(values.astype(np.float32)) for values in (logits, teacher))
    assert distillation(ours, others, 2.5).numpy() == pytest.approx(
        softened_cross_entropy(logits, teacher, 2.5), rel=1e-5
    )


def test_a_network_learns_from_its_teacher_what_wrong_labels_would_not_teach(pupil):
    """A tenth would be right by labels or by chance."""
    assert pupil[1].accuracy > 0.5


def test_a_teacher_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ValueError, match="teacher .*none/config.json is missing.*Train it first"):
        Trainer(replace(TINY, teacher=str(tmp_path / "none")), MNIST.train)


def test_small_gradients_survive_half_precision_whose_layout_devices_share_as_well():
    """Those of images that are read rightly and surely are small, and many: all together they
    count."""
    exact, found = (
        learned(replace(CONFIG, tensor_cores=half, devices=1 + half), SMALL)
        for half in (False, True)
    )
    assert found.keys() == exact.keys()
    for name, value in exact.items():
        if not name.endswith(COUNTER):
            assert np.linalg.norm(found[name] - value) <= 0.02 * np.linalg.norm(value), name


def test_synthetic_images_join_the_training_images_and_are_told_from_them():
    taken = round(len(MNIST.train) / 4)
    config = replace(TINY, synthetic=12, synthetic_share=0.2, batch=len(MNIST.train) + taken)
    trainer = Trainer(config, MNIST.train)
    assert trainer.steps_per_epoch == 1
    trainer.begin_epoch(0)
    images, _, real, _ = trainer._batch()
    known = {image.tobytes() for image in MNIST.train.images}
    assert [
        (row * 255).round().astype(np.uint8).tobytes() in known for row in images.numpy()
    ] == real.numpy().astype(bool).tolist()
    assert (real.numpy() == 0).sum() == taken


def test_every_step_of_every_seed_distorts_with_a_key_of_its_own():
    """A constant key would show each image in the same few ways, and yet train."""
    keys = []
    for seed in (0, 1):
        trainer = Trainer(replace(TINY, seed=seed), MNIST.train)
        trainer.begin_epoch(0)
        for _ in range(3):
            keys.append(trainer._batch()[3].item())
            trainer._done.assign(trainer._done + 1).realize()
    assert len(set(keys)) == len(keys)


def test_a_step_distorts_with_its_own_key_and_only_images_of_mnist_elastically(monkeypatch):
    """A synthetic 1 with a flag could become a 7."""
    seen = []

    class Seen(Exception):
        """The rest of the step is of no interest."""

    def look(images, key, how, elastic):
        seen.append((key.item(), how, elastic.numpy()))
        raise Seen

    monkeypatch.setattr("training.fit.trainer.distort", look)
    trainer = Trainer(replace(TINY, synthetic=12), MNIST.train)
    trainer.begin_epoch(0)
    trainer._done.assign(trainer._done + 1).realize()
    _, _, real, key = trainer._batch()
    with pytest.raises(Seen):
        trainer._step()
    [(found_key, how, elastic)] = seen
    assert (found_key, how) == (key.item(), TINY.distortion)
    assert 0 < real.sum().item() < TINY.batch and np.array_equal(elastic, real.numpy())


def test_teachers_answer_for_images_of_mnist_and_labels_for_synthetic_ones(alone):
    """The loss of a batch is the mean of what each image's own judge says."""
    config = replace(CONFIG, teacher=str(alone.path), teacher_share=1.0)
    trainer = Trainer(config, MNIST.train)
    logits = np.random.default_rng(0).normal(size=(4, CLASSES)).astype(np.float32)
    images, labels = bars(4, seed=5).images, np.array([1, 2, 3, 4])
    answers = Classifier(trainer._teachers[0]).logits(images)
    by_label = -log_softmax(logits)[np.arange(4), labels]
    by_teacher = softened_cross_entropy(logits, answers, config.teacher_temperature)
    assert not np.allclose(by_label, by_teacher, rtol=0.01)
    ink = Tensor(images.astype(np.float32) / 255)
    for real in ([1, 1, 1, 1], [0, 0, 0, 0], [1, 0, 0, 1]):
        judges = Tensor(np.array(real, np.float32))
        loss = trainer._loss(Tensor(logits), ink, Tensor(labels.astype(np.int32)), judges)
        assert loss.item() == pytest.approx(np.where(real, by_teacher, by_label).mean(), rel=1e-4)
