"""What is mutated, and which tests may notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """Code that one run of mutmut mutates: the files of `source` that match one of `modules`.

    `tests` are run once to learn which of them reach which function; a mutant is then tried with
    those alone. Tests that need a browser are left out.
    """

    source: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


AREAS = {
    "core": Area("py_frontend/core", ("py_frontend/core/*",), ("tests/core",)),
    # What makes kernels is left out: its tests compile networks, which takes seconds a mutant.
    "export": Area(
        "export",
        (
            "export/commands.py",
            "export/folder.py",
            "export/compile/catalog.py",
            "export/compile/memory.py",
            "export/compile/packing.py",
            "export/compile/spec.py",
            "export/publish/bundle.py",
            "export/publish/compression.py",
            "export/publish/index_page.py",
            "export/publish/representation.py",
            "export/publish/serve.py",
            "export/publish/site_files.py",
            "export/setup/*",
            "export/tune/choose.py",
            "export/tune/times.py",
        ),
        (
            "tests/export/test_bench.py",
            "tests/export/test_bundle.py",
            "tests/export/test_graph.py",
            "tests/export/test_serve.py",
            "tests/setup/test_setup.py",
        ),
    ),
    # What runs on tinygrad's device is left out: training and distorting take seconds a mutant.
    "training": Area(
        "training",
        (
            "training/files.py",
            "training/data/idx.py",
            "training/data/mnist.py",
            "training/data/strokes.py",
            "training/evaluation/abstention.py",
            "training/evaluation/calibration.py",
            "training/evaluation/corruptions.py",
            "training/evaluation/resampling.py",
            "training/evaluation/summary.py",
            "training/fit/config.py",
            "training/fit/provenance.py",
            "training/fit/runs.py",
            "training/sweeps/analysis.py",
            "training/sweeps/report.py",
            "training/sweeps/results.py",
            "training/sweeps/sweep.py",
            "training/synthetic/handwriting.py",
        ),
        (
            "tests/training/test_abstention.py",
            "tests/training/test_analysis.py",
            "tests/training/test_calibration.py",
            "tests/training/test_config.py",
            "tests/training/test_corruptions.py",
            "tests/training/test_files.py",
            "tests/training/test_mnist.py",
            "tests/training/test_provenance.py",
            "tests/training/test_report.py",
            "tests/training/test_resampling.py",
            "tests/training/test_results.py",
            "tests/training/test_scribbles.py",
            "tests/training/test_strokes.py",
            "tests/training/test_sweep.py",
        ),
    ),
}
