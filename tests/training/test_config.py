"""The configuration of a run: on the command line, in files, and which values are errors."""

import json
import math
from argparse import ArgumentParser
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.__main__ import main
from training.data.augment import Distortion
from training.fit.config import (
    PRESETS,
    TrainConfig,
    add_options,
    from_json,
    from_options,
    preset,
    preset_names,
)
from training.networks.models import MODELS
from training.sweeps.sweep import command_line

NAMES = [f.name for f in fields(TrainConfig)]
NUMBERS = [f for f in fields(TrainConfig) if f.type in (int, float)]


def parsed(*arguments: str) -> TrainConfig:
    parser = ArgumentParser(allow_abbrev=False)
    add_options(parser)
    return from_options(parser.parse_args(arguments))


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_an_option_that_help_explains(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["train", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert stopped.value.code == 0
    assert f"--{name.replace('_', '-')}" in shown
    assert TrainConfig.__dataclass_fields__[name].metadata["help"] in shown


def test_help_tells_which_preset_is_taken_unless_another_is_chosen(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    assert "recipe to start from (default: full)" in " ".join(capsys.readouterr().out.split())
    assert parsed("--model", "mlp") == preset("mlp", "full")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--stepps", "3"],
        ["--step", "3"],
        ["--steps"],
        ["--steps", "3.5"],
        ["--lr", "fast"],
        ["extra"],
        ["--preset", "none"],
    ],
    ids=" ".join,
)
def test_an_option_that_is_unknown_abbreviated_or_of_the_wrong_kind_stops_the_run(
    arguments, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(["train", *arguments])
    assert stopped.value.code == 2
    assert "error:" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "command",
    [[], ["train", "--resum"], ["sweep"], ["evaluate"], ["sweep", "file", "--job", "2"]],
    ids=" ".join,
)
def test_an_unknown_or_missing_argument_of_a_command_stops_it(command):
    with pytest.raises(SystemExit) as stopped:
        main(command)
    assert stopped.value.code == 2


@pytest.mark.parametrize("path", sorted(PRESETS.glob("*.toml")), ids=lambda path: path.stem)
def test_each_preset_can_be_chosen(path):
    model, name = path.stem.split("-", 1)
    config = preset(model, name)
    assert config.model == model and name in preset_names()
    assert parsed("--model", model, "--preset", name) == config


@pytest.mark.parametrize("name", ["full", "quick"])
@pytest.mark.parametrize("model", MODELS)
def test_each_model_has_a_full_and_a_quick_recipe(model, name):
    assert preset(model, name).model == model


def test_a_preset_that_a_model_lacks_is_named_with_those_it_has():
    with pytest.raises(ValueError, match="mlp has no preset 'teacher'; it has full, quick."):
        parsed("--model", "mlp", "--preset", "teacher")


def test_no_preset_is_of_an_unknown_model():
    assert {path.stem.split("-", 1)[0] for path in PRESETS.glob("*.toml")} == set(MODELS)


def test_options_that_are_given_change_the_preset_and_only_that():
    config = parsed(
        "--model", "mlp", "--steps", "7", "--lr=0.5", "--no-tensor-cores", "--elastic-px", "0"
    )
    assert config == replace(
        preset("mlp", "full"), steps=7, lr=0.5, tensor_cores=False, elastic_px=0.0
    )
    assert parsed("--tensor-cores", "--preset", "quick").tensor_cores is True


settings_of_a_run = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from(list(MODELS)),
        "seed": st.integers(0, 2**31),
        "batch": st.integers(1, 9).map(lambda n: 8 * n),
        "lr": st.floats(0, 10),
        "ema": st.floats(0, 1),
        "tensor_cores": st.booleans(),
        "devices": st.sampled_from([1, 2, 4, 8]),
        "teacher": st.sampled_from(["", "runs/a,runs/b"]),
        "translate_px": st.floats(0, 28),
        "weight_decay": st.floats(0, 1),
    },
)


@given(settings_of_a_run)
def test_any_configuration_survives_the_command_line(settings):
    config = TrainConfig(**settings)
    assert parsed(*command_line(config)) == config


@given(settings_of_a_run)
def test_any_configuration_survives_json(settings):
    config = TrainConfig(**settings)
    assert TrainConfig(**json.loads(json.dumps(config.to_json()))) == config


def test_a_saved_configuration_is_read_back(tmp_path):
    config = TrainConfig(model="mlp", steps=3, lr=0.125)
    (tmp_path / "config.json").write_text(json.dumps(config.to_json()))
    assert from_json(tmp_path / "config.json") == config


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "7", '{"stepps": 3}', '{"steps": "3"}', '{"steps": 0}', '{"model": "rnn"}'],
)
def test_a_file_that_is_no_configuration_is_an_error_that_names_it(tmp_path, content):
    path = tmp_path / "config.json"
    path.write_text(content)
    with pytest.raises(ValueError, match="config.json|steps is 0|model is 'rnn'"):
        from_json(path)


def test_a_folder_without_configuration_is_called_no_run(tmp_path):
    with pytest.raises(ValueError, match=f"{tmp_path} is not the folder of a training run"):
        from_json(tmp_path / "config.json")


@pytest.mark.parametrize(
    ("name", "value"), [("model", "rnn"), ("activation", "sigmoid"), ("optimizer", "lion")]
)
def test_an_unknown_name_is_quoted_with_those_that_are_known(name, value):
    with pytest.raises(ValueError, match=f"{name} is '{value}'; it can be .*, "):
        TrainConfig(**{name: value})


@pytest.mark.parametrize("field", NUMBERS, ids=lambda f: f.name)
def test_a_number_out_of_its_bounds_is_quoted_with_its_name(field):
    low, high = field.metadata["low"], field.metadata["high"]
    beyond = (
        [low - 1]
        + ([high + 1] if high < 1e300 else [])
        + ([math.nan, math.inf] if field.type is float else [])
    )
    for value in beyond:
        with pytest.raises(ValueError, match=f"{field.name} is .*; it must be"):
            TrainConfig(**{field.name: value})


def test_a_batch_that_devices_cannot_share_evenly_is_an_error():
    with pytest.raises(ValueError, match="batch 512 cannot be shared evenly by 3 devices"):
        TrainConfig(devices=3)


def test_bad_values_on_the_command_line_end_in_one_sentence(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--steps", "0"]) == 1
    assert capsys.readouterr().err == "Error: steps is 0; it must be a finite number, at least 1.\n"


def test_the_distortion_takes_its_values_from_the_settings_of_the_same_names():
    config = TrainConfig(
        rotate_deg=1,
        scale_percent=2,
        shear_deg=3,
        translate_px=4,
        elastic_px=5,
        elastic_smooth_px=6,
        thickness=0.7,
    )
    assert asdict(config.distortion) == asdict(Distortion(1, 2, 3, 4, 5, 6, 0.7))


@pytest.mark.parametrize(
    ("steps", "evaluations", "after"),
    [(10, 2, [5, 10]), (10, 3, [3, 6, 9, 10]), (2, 20, [1, 2]), (7, 1, [7])],
)
def test_evaluations_are_spread_over_the_run_and_one_is_at_its_end(steps, evaluations, after):
    config = TrainConfig(steps=steps, evaluations=evaluations)
    assert [step for step in range(1, steps + 1) if config.evaluates_after(step)] == after


@pytest.mark.parametrize(
    ("name", "options", "linear_outputs"),
    [("mlp", {}, [512, 512, 10]), ("mlp", {"width": 12}, [12, 12, 10])],
)
def test_a_width_of_zero_is_the_networks_own(name, options, linear_outputs):
    layers = TrainConfig(model=name, **options).build().layers
    assert [
        layer.weight.shape[0]
        for layer in layers
        if hasattr(layer, "weight") and layer.weight.ndim == 2
    ] == linear_outputs
