"""Everything that decides a training run, in one frozen value that --help shows and every run
folder keeps."""

import json
import sys
import tomllib
from argparse import ArgumentParser, BooleanOptionalAction
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from training.data.augment import Distortion
from training.networks.layers import ACTIVATIONS, Network
from training.networks.models import MODELS

from .optimizers import OPTIMIZERS

PRESETS = Path(__file__).parents[1] / "presets"
DEFAULT_PRESET = "full"


def option(default, help: str, low=0, high=sys.float_info.max):
    """A field of TrainConfig: what --help says of it, and what its number must lie between."""
    return field(default=default, metadata={"help": help, "low": low, "high": high})


@dataclass(frozen=True)
class TrainConfig:
    model: str = option("cnn", "network: " + " or ".join(MODELS))
    seed: int = option(0, "decides initial weights, order of the images and distortions")
    width: int = option(0, "channels or units of the network; 0 is its own default")
    activation: str = option("relu", "one of " + ", ".join(ACTIVATIONS))
    steps: int = option(5000, "optimizer steps", low=1)
    batch: int = option(512, "images a step, over all devices together", low=1)
    optimizer: str = option("adamw", "one of " + ", ".join(OPTIMIZERS))
    lr: float = option(2e-3, "peak learning rate")
    weight_decay: float = option(0.01, "as the optimizer defines it")
    warmup: float = option(
        0.1, "part of the steps in which the learning rate rises from zero", high=1
    )
    ema: float = option(
        0.998, "what is left after a step of the averaged weights, which are the ones kept", high=1
    )
    rotate_deg: float = option(10.0, "largest turn in either direction, degrees", high=180)
    scale_percent: float = option(10.0, "largest change of height and of width, percent", high=99)
    shear_deg: float = option(5.0, "largest slant in either direction, degrees", high=89)
    translate_px: float = option(2.0, "largest shift in either direction, pixels")
    elastic_px: float = option(
        0.8, "standard deviation of the elastic displacement of MNIST's images, pixels"
    )
    elastic_smooth_px: float = option(
        4.0, "sigma of the Gaussian that smooths the displacement, pixels", low=0.1
    )
    thickness: float = option(0.3, "largest change of the strokes' outline, pixels")
    synthetic: int = option(
        0, "digits drawn by rule, in forms of which MNIST lacks many, such as a 1 with a flag"
    )
    synthetic_share: float = option(
        0.1, "part of each epoch's images that is synthetic, where there are any", high=0.9
    )
    synthetic_spread: float = option(
        1.0, "how widely the hands vary that draw them; 0 is one careful hand", high=3
    )
    traced_share: float = option(
        0.0, "part of each epoch's images that is MNIST traced and drawn as on the page", high=0.9
    )
    teacher: str = option(
        "",
        "run folders, comma separated, whose mean prediction the network learns from",
    )
    teacher_share: float = option(
        0.9, "part of the loss of MNIST's images that comes from the teacher", high=1
    )
    teacher_synthetic_share: float = option(
        0.0, "the same of synthetic images, for teachers that have seen such", high=1
    )
    teacher_temperature: float = option(
        2.0, "what the logits of both are divided by for that part", low=0.1
    )
    tensor_cores: bool = option(
        True, "half precision in the layout of a GPU's matrix units; slow on a CPU"
    )
    evaluations: int = option(20, "how often the validation images are classified in a run", low=1)
    devices: int = option(1, "devices that share each batch", low=1)

    def __post_init__(self):
        for name, allowed in (
            ("model", MODELS),
            ("activation", ACTIVATIONS),
            ("optimizer", OPTIMIZERS),
        ):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{name} is {getattr(self, name)!r}; it can be {', '.join(allowed)}."
                )
        for f in fields(self):
            low, high = f.metadata["low"], f.metadata["high"]
            if f.type in (int, float) and not low <= getattr(self, f.name) <= high:
                limits = (
                    f"from {low} to {high}"
                    if high < sys.float_info.max
                    else f"a finite number, at least {low}"
                )
                raise ValueError(f"{f.name} is {getattr(self, f.name)}; it must be {limits}.")
        if self.batch % self.devices:
            raise ValueError(
                f"batch {self.batch} cannot be shared evenly by {self.devices} devices."
            )

    @property
    def distortion(self) -> Distortion:
        return Distortion(**{f.name: getattr(self, f.name) for f in fields(Distortion)})

    def evaluates_after(self, step: int) -> bool:
        """Whether the validation images are classified when `step` steps are done."""
        return step == self.steps or step % max(1, self.steps // self.evaluations) == 0

    @property
    def network(self) -> dict:
        """What the network is other than its class by itself is: width, activation."""
        return {
            name: getattr(self, name)
            for name in ("width", "activation")
            if getattr(self, name) != getattr(TrainConfig, name)
        }

    def build(self) -> Network:
        """The network, freshly initialised."""
        return MODELS[self.model](**self.network)

    def to_json(self) -> dict:
        return asdict(self)


def from_json(path: Path) -> TrainConfig:
    """The configuration saved in a run folder."""
    try:
        return TrainConfig(**json.loads(path.read_text()))
    except FileNotFoundError:
        raise ValueError(
            f"{path} is missing: {path.parent} is not the folder of a training run."
        ) from None
    except (json.JSONDecodeError, TypeError) as error:
        raise ValueError(f"{path} is not a training configuration: {error}") from error


def preset(model: str, name: str) -> TrainConfig:
    """The recipe in presets/<model>-<name>.toml; raises ValueError where that model has none of
    this name."""
    path = PRESETS / f"{model}-{name}.toml"
    if not path.exists():
        raise ValueError(
            f"{model} has no preset {name!r}; it has {', '.join(preset_names(model))}."
        )
    return TrainConfig(model=model, **tomllib.loads(path.read_text()))


def preset_names(model: str = "*") -> list[str]:
    """Of one model, or of all."""
    return sorted({path.stem.split("-", 1)[1] for path in PRESETS.glob(f"{model}-*.toml")})


def add_options(parser: ArgumentParser) -> None:
    """One option for each field; those not given keep the preset's value."""
    parser.add_argument(
        "--preset", choices=preset_names(), help=f"recipe to start from (default: {DEFAULT_PRESET})"
    )
    for f in fields(TrainConfig):
        name = f"--{f.name.replace('_', '-')}"
        kind = {"action": BooleanOptionalAction} if f.type is bool else {"type": f.type}
        parser.add_argument(name, default=None, help=f.metadata["help"], **kind)


def given(options) -> dict:
    """The settings that stand on the command line."""
    return {
        f.name: getattr(options, f.name)
        for f in fields(TrainConfig)
        if getattr(options, f.name) is not None
    }


def from_options(options) -> TrainConfig:
    """The chosen preset of the chosen model, changed by the options that were given."""
    settings = given(options)
    model = settings.get("model", TrainConfig.model)
    if model not in MODELS:
        raise ValueError(f"model is {model!r}; it can be {', '.join(MODELS)}.")
    return replace(preset(model, options.preset or DEFAULT_PRESET), **settings)


def resumed(options, path: Path) -> TrainConfig:
    """The configuration saved in a run folder; raises ValueError where the options that were given
    ask for another."""
    config = from_json(path)
    asked = [f"--preset {options.preset}"] if options.preset else []
    asked += [
        f"{name} {value!r} instead of {getattr(config, name)!r}"
        for name, value in given(options).items()
        if value != getattr(config, name)
    ]
    if asked:
        raise ValueError(
            f"{path.parent} can only be resumed as it was begun, not with {', '.join(asked)}. "
            "Leave that out, or begin another run without --resume."
        )
    return config
