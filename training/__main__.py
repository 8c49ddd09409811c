"""python -m training train|sweep|evaluate|report|adapt|forms"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from tinygrad import Context

from export.commands import ending_in_a_sentence
from training.adaptation.command import add_adapt
from training.data.mnist import DataError, load_mnist
from training.data.strokes import StrokesError
from training.device import check_device
from training.evaluation.evaluate import MAX_ABSTAINED, evaluate
from training.evaluation.summary import summary
from training.fit.config import TrainConfig, add_options, from_options, given, resumed
from training.fit.loop import Interrupted, train
from training.fit.runs import RUNS, RunError, RunFolder
from training.networks.models import CLASSES
from training.sweeps.analysis import AnalysisError
from training.sweeps.report import REPORT, SWEEPS, write_report
from training.sweeps.sweep import run_sweep


def main(argv: list[str] | None = None) -> int:
    parser = ArgumentParser(
        prog="python -m training",
        description="Train and judge the two networks.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    add_train(commands)
    add_sweep(commands)
    add_evaluate(commands)
    add_report(commands)
    add_adapt(commands)
    add_forms(commands)
    options = parser.parse_args(argv)
    try:
        # Ctrl-C reaches tinygrad's compiler processes too, and Python then waits for them for ever:
        # use none.
        with Context(PARALLEL=0), ending_in_a_sentence():
            return options.run(options)
    except (AnalysisError, DataError, RunError, StrokesError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except Interrupted as stopped:
        print(stopped, file=sys.stderr)
        return 130


def add_train(commands) -> None:
    parser = commands.add_parser(
        "train", help="train a network into runs/<name>/", allow_abbrev=False
    )
    parser.add_argument("--name", help="folder under runs/ (default: <model>-<seed>)")
    parser.add_argument(
        "--data",
        metavar="FOLDER",
        help="folder of the four MNIST files (default: $MNIST_DIR, else a downloaded cache)",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue a stopped run with its own configuration; other options are an error",
    )
    add_options(parser)
    parser.set_defaults(run=run_train)


def run_train(options) -> int:
    run = RunFolder(f"{RUNS}/{options.name or default_name(options)}")
    config = resumed(options, run.config) if options.resume else from_options(options)
    check_device()
    best = train(config, run, load_mnist(options.data), options.resume)
    print(f"{run.path}: validation accuracy {best.accuracy:.2%}")
    return 0


def default_name(options) -> str:
    settings = {"model": TrainConfig.model, "seed": TrainConfig.seed} | given(options)
    return f"{settings['model']}-{settings['seed']}"


def add_sweep(commands) -> None:
    parser = commands.add_parser(
        "sweep", help="train the many runs that a file describes", allow_abbrev=False
    )
    parser.add_argument("file", type=Path, help="for example training/sweeps/cnn.toml")
    parser.add_argument(
        "--jobs", type=int, default=1, help="runs at a time, each a process (default: %(default)s)"
    )
    parser.add_argument(
        "--gpus",
        default="",
        help="GPU numbers that the runs take in turn, such as 0,1 (default: the first)",
    )
    parser.add_argument("--data", metavar="FOLDER", help="folder of the four MNIST files")
    parser.set_defaults(
        run=lambda o: (
            1 if run_sweep(o.file, o.jobs, o.data, [g for g in o.gpus.split(",") if g]) else 0
        )
    )


def add_evaluate(commands) -> None:
    parser = commands.add_parser(
        "evaluate", help="judge trained networks as they ship", allow_abbrev=False
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", help="run folders, such as runs/cnn-0")
    parser.add_argument(
        "--strokes",
        type=Path,
        metavar="FILE",
        help="pen strokes (JSON, gzip or not) to judge as well",
    )
    parser.add_argument(
        "--abstain",
        type=float,
        default=MAX_ABSTAINED,
        metavar="SHARE",
        help="abstain from at most this share of the validation digits (default: %(default)s)",
    )
    parser.add_argument(
        "--corruptions",
        type=int,
        nargs="?",
        const=10_000,
        default=0,
        metavar="IMAGES",
        help="also report the errors on that many corrupted test images (the option alone: all)",
    )
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="write a sheet of all misread test images (and strokes) of each run there",
    )
    parser.add_argument("--data", metavar="FOLDER", help="folder of the four MNIST files")
    parser.set_defaults(run=run_evaluate)


def run_evaluate(options) -> int:
    check_device()
    mnist = load_mnist(options.data)
    for folder in options.runs:
        figures = evaluate(
            RunFolder(folder),
            mnist,
            options.strokes,
            options.abstain,
            options.corruptions,
            options.pictures,
        )
        print(summary(folder, figures))
    return 0


def add_forms(commands) -> None:
    parser = commands.add_parser(
        "forms",
        help="draw a sheet of synthetic digits, a row for each form",
        allow_abbrev=False,
    )
    parser.add_argument("--digit", type=int, choices=range(CLASSES), help="only this one's forms")
    parser.add_argument("--rows", type=int, default=1, help="of each form (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="decides what is drawn (default: 0)")
    parser.add_argument(
        "--spread", type=float, default=1.0, help="how widely the hands vary (default: 1)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("sheets/forms.png"), help="default: sheets/forms.png"
    )
    parser.set_defaults(run=run_forms)


def run_forms(options) -> int:
    try:
        from training.synthetic.sheet import write_forms
    except ModuleNotFoundError as error:
        raise OSError(
            f"Sheets need {error.name}, which is not installed. Run: pip install -e '.[report]'"
        ) from error
    digits = range(CLASSES) if options.digit is None else [options.digit]
    write_forms(options.out, options.rows, options.seed, options.spread, digits)
    print(f"{options.out} shows {options.rows} row(s) of each form.")
    return 0


def add_report(commands) -> None:
    parser = commands.add_parser(
        "report",
        help="make HYPERPARAMETERS.md and its figures from the results of the sweeps",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--sweeps",
        type=Path,
        default=SWEEPS,
        metavar="FOLDER",
        help="sweeps, their results and analysis.md (default: training/sweeps)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=REPORT,
        metavar="FILE",
        help="the report; figures go beside it (default: training/HYPERPARAMETERS.md)",
    )
    parser.set_defaults(run=run_report)


def run_report(options) -> int:
    for path in write_report(options.sweeps, options.out):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
