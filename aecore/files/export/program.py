"""A program that does one experiment, in sections: what script and notebook are made of."""

import re
import sys
from dataclasses import dataclass, replace

from aecore.errors import N_
from aecore.files.export.fragments import data, loop, loss, model
from aecore.files.export.said import Translate, said
from aecore.parts.codes import CODES
from aecore.parts.datasets import DATASETS
from aecore.spec import variants
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.view import History


@dataclass(frozen=True)
class Section:
    """One step of the program.

    Attributes:
        title: a few words, in the learner's language.
        about: what happens here, likewise; empty where the code says it.
        code: as `ruff format` would write it, without a newline at its end.
    """

    title: str
    about: str
    code: str


DATA_FLAG = "DATA"
EPOCHS_FLAG = "EPOCHS"
"""Settings that the script takes from its command line."""

_MODULES = {
    "math": "import math",
    "time": "import time",
    "np": "import numpy as np",
    "torch": "import torch",
    "F": "import torch.nn.functional as F",
    "nn": "from torch import nn",
    "plt": "import matplotlib.pyplot as plt",
    "datasets": "from torchvision import datasets",
}
"""Name in the code -> the import that it needs."""

_FIELDS = (
    "epochs",
    "batch_size",
    "learning_rate",
    "seed",
    "n_train",
    "classes",
    "noise_level",
    "beta",
    "k",
    "codebook_size",
    "vector_size",
    "penalty_weight",
    "rho",
    "layer_epochs",
    "target_mse",
    "max_seconds",
    "patience",
)


def heading(e: Experiment, _: Translate) -> str:
    """What the program is, in a line."""
    return _("Autoencoder Lab: {variant}, {dataset}").format(
        variant=_(variants.get(e.variant).title), dataset=_(DATASETS[e.dataset].name)
    )


def as_done(e: Experiment, history: History | None) -> Experiment:
    """The experiment with as many epochs as the run has done; as it is for one without any."""
    done = history.epochs[-1] if history is not None and history.epochs else 0
    return e.replace(epochs=done) if done else e


def introduction(e: Experiment, history: History | None, _: Translate) -> list[str]:
    """What to know before the first line of code, as paragraphs."""
    paragraphs = [_(variants.get(e.variant).changes)] if e.variant != "vanilla" else []
    paragraphs.append(_("Made from an experiment of the lab. All that it needs:"))
    paragraphs.append(f"pip install {' '.join(packages(e))}")
    if history is not None and len(history.epochs) > 1:
        paragraphs.append(
            _(
                "After {epochs} epochs, the run in the lab had a validation MSE of {error:.6f}."
            ).format(epochs=history.epochs[-1], error=history.val_mse[-1])
        )
        if history.learning_rates:
            paragraphs.append(
                _(
                    "Its learning rate was changed on the way. This program uses the "
                    "last one throughout, so it will end with a different error."
                )
            )
    return paragraphs


def packages(e: Experiment) -> list[str]:
    """What a program needs, as pip calls it: PyTorch, the data's packages, and what draws."""
    draws = "torchvision" if e.kind == "picture" else "matplotlib"
    return ["torch", *dict.fromkeys((*DATASETS[e.dataset].program.packages, draws))]


def sections(e: Experiment, _: Translate = str) -> list[Section]:
    """The steps from the data to the test error, without imports.

    Args:
        e: decides which pieces there are: only what this experiment needs.
        _: into the learner's language.
    """
    steps = [Section(_("Data"), _(DATASETS[e.dataset].program.about), data.samples(e))]
    about_training = _LAYERWISE if e.schedule == "layer_by_layer" else _TOGETHER
    loss_help = SPECS["recon_loss"].help
    if e.corruption != "none":
        steps.append(Section(_("Input noise"), _(_CORRUPTION), data.corruption(e)))
    steps += [
        Section(_("Model"), _model_about(e, _), model.autoencoder(e)),
        Section(_("Loss"), _(loss_help), loss.functions(e)),
        Section(_("Training"), _(about_training), loop.training(e)),
        Section(_("Result"), _(_RESULT), loop.result(e)),
    ]
    every = [_settings(e, steps, _), *steps]
    return [replace(step, code=said(step.code, _)) for step in every]


def imports(code: str, *more: str) -> list[str]:
    """The imports that a program needs, as isort orders them.

    Args:
        code: of the program.
        more: further lines of imports.
    """
    known = [*_MODULES.items()]
    known += [(line.split()[-1], line) for d in DATASETS.values() for line in d.program.imports]
    used = {line for name, line in known if re.search(rf"(?<!\.)\b{name}\b[.(]", code)} | {*more}
    ordered = sorted(used, key=lambda line: (line.startswith("from"), line))
    standard = [line for line in ordered if _module(line) in sys.stdlib_module_names]
    others = [line for line in ordered if line not in standard]
    return [*standard, *([""] if standard else []), *others]


def _module(line: str) -> str:
    """The package that a line imports from."""
    return line.split()[1].split(".")[0]


def _settings(e: Experiment, steps: list[Section], _: Translate) -> Section:
    """The numbers of the experiment that the code uses, each with its meaning."""
    code = "\n".join(step.code for step in steps)
    used = [name for name in _FIELDS if re.search(rf"\b{name.upper()}\b", code)]
    lines = [f"{name.upper()} = {_literal(getattr(e, name))}" for name in used]
    if e.schedule == "layer_by_layer":
        lines.append(f"LAYERS = {len(e.hidden) + 1}")
    shape = {"SHAPE": repr(e.shape.axes), "NUMBERS": str(e.shape.size)}
    code += loop.drawing(e)
    lines += [
        f"{name} = {value}" for name, value in shape.items() if re.search(rf"\b{name}\b", code)
    ]
    lines += CODES[e.code].program.constants
    lines.append(f'{DATA_FLAG} = "data"')
    lines.append('DEVICE = "cuda" if torch.cuda.is_available() else "cpu"')
    own = [name for name in used if SPECS[name].when is not None]
    about = "\n".join(f"{name.upper()}: {_(SPECS[name].help)}" for name in own)
    return Section(_("Settings"), about, "\n".join(lines))


def _literal(value: object) -> str:
    return repr(list(value)) if isinstance(value, tuple) else repr(value)


def _model_about(e: Experiment, _: Translate) -> str:
    tied = [f"{_(SPECS['tied'].title)}: {_(SPECS['tied'].help)}"] if e.shares_weights else []
    return "\n".join([_(CODES[e.code].says), *tied])


_CORRUPTION = N_(
    "The encoder gets the corrupted sample, the loss compares with the clean one. Validation "
    "and test samples get the same noise every time."
)

_TOGETHER = N_(
    "One epoch shows every training sample once, in a new order. After each, the error on the "
    "validation samples is measured."
)

_LAYERWISE = N_(
    "First each layer trains alone, as a small autoencoder of the output of the layers "
    "below it; then all train together. After each epoch, the error on the "
    "validation samples is measured."
)

_RESULT = N_(
    "The mean squared error over samples that were never trained on: first those that settings may "
    "be chosen by, then the test samples, which are for this last number alone."
)
