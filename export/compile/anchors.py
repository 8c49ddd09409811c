"""What learning from corrections needs of MNIST, made from a model's own weights: directions in
which the drawings of different people differ, and images that hold the ground."""

import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from safetensors.numpy import save

from py_frontend.core.anchors import ABOUT, FORMAT, MARGIN_STEPS, NEAREST_STEPS
from py_frontend.core.embedding import FINE, INK_SHAPE, MAX_LEVEL, ROW_UNIT
from training.adaptation.embeddings import embeddings, levels_of, thinned
from training.data.mnist import Examples
from training.networks.features import FeatureReader, Seen
from training.networks.layers import Network
from training.networks.models import CLASSES, PIXELS
from training.synthetic.rewriting import COPIES, rewritten_digits, rewritten_forms

IMAGES = 10_000  # of the training images, evenly taken, that the others stand for
REWRITTEN = 4_000  # drawings made by rule, and as many of MNIST's, that one hand repeats
ANCHORS = 1_000  # as many of each digit
DIRECTIONS = 104
INK = 1.2  # standard deviation of all ink, for one of all features
RIDGE = 0.005  # of the variance in all, added to that of drawings meant to be alike
MAX_BYTE = 127
HEADROOM = 2  # of a feature's levels above the largest of MNIST's
SURE = 0.5  # a taught drawing is read so much as surely as MNIST's images are in the median


@dataclass(frozen=True)
class Voting:
    """How taught drawings vote (`gate` and `steepness` are those of py_frontend/core/anchors.py),
    and the share of the anchors that are digits of MNIST as a hand draws them on the page."""

    gate: float
    steepness: float
    drawn: float


VALUES, MAPS = Voting(0.7, 1.5, 0.0), Voting(0.6, 2.0, 0.5)  # for each kind of features


@dataclass(frozen=True)
class Known:
    """Images as a network sees them, and their digits (N,)."""

    seen: Seen
    labels: np.ndarray

    @cached_property
    def margins(self) -> np.ndarray:
        """How far the logit of its digit is above each (N, 10)."""
        logits = self.seen.logits
        return logits[np.arange(len(logits)), self.labels][:, None] - logits

    @cached_property
    def sureness(self) -> np.ndarray:
        """The smallest margin of each, negative where it is misread (N,)."""
        is_own = np.eye(CLASSES, dtype=bool)[self.labels]
        return np.where(is_own, np.inf, self.margins).min(axis=1)

    def evenly(self, count: int) -> "Known":
        """At most `count` of them, from the least to the most surely read."""
        return self.at(evenly_by_sureness(self.labels, self.sureness, count))

    def and_also(self, more: "Known") -> "Known":
        """Both, digit by digit."""
        labels = np.concatenate([self.labels, more.labels])
        both = Known(self.seen.and_also(more.seen), labels)
        return both.at(np.argsort(labels, kind="stable"))

    def at(self, indices: np.ndarray) -> "Known":
        return Known(self.seen.at(indices), self.labels[indices])


def anchor_file(
    network: Network, train: Examples, weights: str, rewritten: int = REWRITTEN
) -> bytes:
    """The file that py_frontend/core/anchors.py reads, for a network as it ships; `weights` is the
    digest of its weights."""
    reader, images = FeatureReader(network), train.evenly(IMAGES)
    voting = MAPS if len(reader.shape) == 3 else VALUES
    drawn = rewritten_digits(train.evenly(rewritten))
    of_form, of_digit = (
        reader.read(again.images.reshape(-1, PIXELS))
        for again in (rewritten_forms(rewritten), drawn)
    )
    known = Known(reader.read(images.images), images.labels.astype(int))
    tensors, texts = projection(known.seen, [of_form, of_digit], reader.shape)
    as_drawn = Known(of_digit.at(np.s_[::COPIES]), drawn.labels.astype(int))
    count = round(ANCHORS * voting.drawn)
    anchors = known.evenly(ANCHORS - count).and_also(as_drawn.evenly(count))
    rows = to_bytes(embeddings(tensors, texts, anchors.seen) * ROW_UNIT)
    tensors |= {
        "rows": rows,
        "labels": anchors.labels.astype(np.uint8),
        "margins": (anchors.margins * MARGIN_STEPS).round().clip(0, 255).astype(np.uint8),
        **nearest(rows, anchors.labels),
    }
    texts |= {
        "margin": repr(round(float(np.median(known.sureness)) * SURE, 3)),
        "gate": repr(voting.gate),
        "steepness": repr(voting.steepness),
    }
    about = {"format": FORMAT, "weights": weights, **texts}
    return save(tensors, {ABOUT: json.dumps(about)})


def projection(
    seen: Seen, alike: list[Seen], shape: tuple[int, ...], ink: float = INK
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays and texts that make embeddings: those directions of the thinned features and ink
    in which `seen` varies most beside the drawings of `alike`, COPIES of each meant to be the same,
    each scaled so that `seen` varies as much in all. `ink` is as INK."""
    features = thinned(seen.features, shape).astype(np.float64)
    levels = MAX_LEVEL / HEADROOM / float(features.max())
    spread = np.sqrt(features.var(axis=0).sum() / thinned(seen.ink, INK_SHAPE).var(axis=0).sum())
    texts = {
        "shape": ",".join(map(str, shape)),
        "levels": repr(round(levels, 6)),
        "ink levels": repr(round(ink * levels * float(spread), 6)),
    }
    values = levels_of(texts, seen)
    mean = values.mean(axis=0)
    centred = values - mean
    within = [covariance_within(levels_of(texts, of)) for of in alike]
    total = centred.T @ centred / len(values)
    directions = with_sign(discriminants(total, np.mean(within, axis=0)))
    rows = to_bytes(directions * (MAX_BYTE / np.abs(directions).max(axis=1, keepdims=True)))
    deviations = (centred @ rows.T.astype(np.float64)).std(axis=0)
    return {
        "directions": rows,
        "offsets": (rows @ mean).round().astype(np.int32),
        "weights": (FINE / np.maximum(deviations, 1)).astype(np.float32),
    }, texts


def covariance_within(values: np.ndarray) -> np.ndarray:
    """Of drawings (N * COPIES, F) about the means of those that are meant to be the same."""
    of_each = values.reshape(-1, COPIES, values.shape[1])
    apart = (of_each - of_each.mean(axis=1, keepdims=True)).reshape(values.shape)
    return apart.T @ apart / (len(of_each) * (COPIES - 1))


def discriminants(total: np.ndarray, within: np.ndarray) -> np.ndarray:
    """The directions (D, F) with the most variance `total` for one `within`, the most first."""
    ridge = RIDGE * np.trace(total) / len(total) * np.eye(len(total))
    whitening = np.linalg.inv(np.linalg.cholesky(within + ridge))
    _, vectors = np.linalg.eigh(whitening @ total @ whitening.T)
    return vectors[:, ::-1].T[:DIRECTIONS] @ whitening


def with_sign(directions: np.ndarray) -> np.ndarray:
    """Each with its largest part positive: the sign of an eigenvector is left to the library."""
    largest = np.abs(directions).argmax(axis=1)
    return directions * np.sign(directions[np.arange(len(directions)), largest])[:, None]


def to_bytes(values: np.ndarray) -> np.ndarray:
    """Row by row in memory, as save() takes an array to lie."""
    return np.ascontiguousarray(values.round().clip(-MAX_BYTE, MAX_BYTE), np.int8)


def evenly_by_sureness(labels: np.ndarray, sureness: np.ndarray, count: int) -> np.ndarray:
    """Indices of at most `count` images, as many of each digit, digit by digit; in each evenly from
    the least to the most surely read. Misread images are left out, unless a digit has no others."""
    chosen = []
    for digit in range(CLASSES):
        of_digit = np.flatnonzero(labels == digit)
        found = of_digit[sureness[of_digit] > 0]
        found = found if len(found) else of_digit
        ordered = found[np.argsort(sureness[found], kind="stable")]
        wanted = min(count // CLASSES, len(ordered))
        chosen.append(ordered[np.arange(wanted) * len(ordered) // wanted])
    return np.concatenate(chosen)


def nearest(rows: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """For each image the cosine of the nearest other one and its digit, and the cosine of the
    nearest that is neither of that digit nor the image itself."""
    unit = rows / np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -1)
    found = labels[cosines.argmax(axis=1)]
    further = np.where(labels[None, :] == found[:, None], -1, cosines)
    both = np.stack([cosines.max(axis=1), further.max(axis=1)], axis=1)
    return {
        "nearest": (both * NEAREST_STEPS).round().astype(np.int16),
        "nearest_labels": found.astype(np.uint8),
    }
