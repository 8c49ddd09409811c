"""`python -m training adapt`: how well the page's networks learn a person's hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from py_frontend.core.anchors import parse_anchors
from py_frontend.core.tensors import read_tensors
from training.data.mnist import Mnist, load_mnist
from training.data.strokes import StrokeDigits, load_strokes
from training.evaluation.abstention import Abstention
from training.evaluation.abstention_search import DRAWINGS
from training.networks.features import FeatureReader
from training.networks.layers import Network
from training.networks.models import MODELS
from training.synthetic.scribbles import CHOOSING, FAMILIES, REPORTING, drawings

from .bulk import AnchorArrays
from .doubts import TAUGHT, Doubter, digits_taught, doubts_table, scribbles_taught
from .report import table
from .writer_adaptation import Labelled, Outcome, WriterAdaptation


def add_adapt(commands) -> None:
    parser = commands.add_parser(
        "adapt",
        help="try how well the page's networks learn from corrections",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--strokes",
        type=Path,
        nargs="+",
        required=True,
        metavar="FILE",
        help="pen strokes of several writers (JSON, gzip or not)",
    )
    parser.add_argument("--model", choices=MODELS, help="only this one (default: each)")
    parser.add_argument("--data", metavar="FOLDER", help="folder of the four MNIST files")
    parser.add_argument(
        "--doubts",
        action="store_true",
        help="print instead when the networks doubt that a drawing is a digit, before and after",
    )
    parser.set_defaults(run=run_adapt)


def run_adapt(options) -> int:
    from export.compile.anchors import anchor_file
    from export.compile.catalog import read
    from export.compile.learning import shipped_anchors
    from export.compile.package import MODELS_FOLDER, shipped_network

    digits = {path.name: load_strokes(path) for path in options.strokes}
    mnist = load_mnist(options.data)
    for entry in read(MODELS_FOLDER / "index.json"):
        model = entry["name"]
        if options.model in (None, model):
            network = shipped_network(model)
            anchors = shipped_anchors(entry, MODELS_FOLDER) or anchor_file(
                network, mnist.train, entry["sha256"]
            )
            if options.doubts:
                print(doubt_tables(entry, network, anchors, mnist, digits))
            else:
                print(tables(model, network, anchors, mnist, digits))
    return 0


def doubt_tables(
    entry: dict,
    network: Network,
    anchor_file: bytes,
    mnist: Mnist,
    digits: dict[str, StrokeDigits],
) -> str:
    """What corrections do to doubts: of digits, and of drawings that are none."""
    doubter = Doubter(
        parse_anchors(anchor_file),
        AnchorArrays(read_tensors(anchor_file)),
        Abstention(**entry["abstention"]),
        entry["temperature"],
    )
    reader, model = FeatureReader(network), entry["name"]
    scribbles = reader.read(
        np.concatenate([drawings(name, DRAWINGS, CHOOSING) for name in FAMILIES])
    )
    sets = {"MNIST test": reader.read(mnist.test.images)}
    sets |= {name: reader.read(those.images) for name, those in digits.items()}
    families = {name: drawings(name, DRAWINGS, REPORTING) for name in FAMILIES}
    sets |= {"all that is none": reader.read(np.concatenate(list(families.values())))}
    sets |= {name: reader.read(those) for name, those in families.items()}
    parts = [
        doubts_table(
            f"{model}: {TAUGHT} doubted digits of {name} are taught",
            digits_taught(doubter, sets[name], those.labels, sets),
        )
        for name, those in digits.items()
    ]
    taken = f"{model}: {TAUGHT} scribbles that are taken for digits are said to be none"
    parts.append(doubts_table(taken, scribbles_taught(doubter, scribbles, sets)))
    return "\n\n".join([*parts, ""])


def tables(
    model: str, network: Network, anchor_file: bytes, mnist: Mnist, sets: dict[str, StrokeDigits]
) -> str:
    """The outcomes on each of `sets`, and on all together."""
    outcomes = {
        name: list(outcomes_of(network, anchor_file, mnist, digits))
        for name, digits in sets.items()
    }
    together = [
        replace(one, writer=f"{name} {one.writer}")
        for name, those in outcomes.items()
        for one in those
    ]
    parts = [table(f"{model}, {name}", those) for name, those in outcomes.items()]
    if len(sets) > 1:
        parts.append(table(f"{model}, all", together))
    return "\n\n".join([*parts, ""])


def outcomes_of(
    network: Network, anchor_file: bytes, mnist: Mnist, digits: StrokeDigits
) -> Sequence[Outcome]:
    reader, arrays = FeatureReader(network), AnchorArrays(read_tensors(anchor_file))
    test = Labelled(arrays.crowd(reader.read(mnist.test.images)), mnist.test.labels)
    seen = reader.read(digits.images)
    return list(WriterAdaptation(parse_anchors(anchor_file), arrays, digits, seen, test).run())
