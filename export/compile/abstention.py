"""`python -m export abstention`: fit anew when the models in site/models abstain, to their own
weights, after a change to the drawings or to the scores that decide it."""

from pathlib import Path

from .beside import add_command


def add_parser(subparsers) -> None:
    summary = "fit when the page's models abstain"
    add_command(subparsers, "abstention", summary, __doc__, write_abstention)


def write_abstention(out: Path, mnist) -> list[str]:
    """Writes it into `out`/index.json; gives a sentence for each model."""
    from training.evaluation.abstention_search import abstention_figures
    from training.evaluation.evaluate import MAX_ABSTAINED
    from training.networks.features import FeatureReader

    from .catalog import name_files, read
    from .package import read_exported

    said = []
    for entry in read(out / "index.json"):
        name = entry["name"]
        reader = FeatureReader(read_exported(out / name))
        validation, test = (reader.read(part.images) for part in (mnist.validation, mnist.test))
        figures = abstention_figures(
            reader, mnist.train, validation, {"test": test}, entry["temperature"], MAX_ABSTAINED
        )
        chosen = figures["abstention"]
        name_files(out / "index.json", name, {"abstention": chosen})
        score = chosen["score"]
        share = figures["abstained"][score]["test"]
        said.append(f"{name}: {score}; it abstains from {share:.2%} of MNIST's test digits")
    return said
