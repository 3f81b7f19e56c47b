"""The samples: which they are, and what is done to them before encoding."""

from aecore.parts.corruptions import CORRUPTIONS
from aecore.parts.datasets import DATASETS
from aecore.spec.experiment import Experiment

_INPUT = {
    True: "x_{part}_input = corrupt(x_{part}, torch.Generator(DEVICE).manual_seed(SEED + 2))",
    False: "x_{part}_input = corrupt(x_{part})",
}


def samples(e: Experiment) -> str:
    """`x_train`, `x_val` and `x_test`; where there are classes, `y_train`, `y_val`, `y_test` too."""
    spec = DATASETS[e.dataset]
    lines = [spec.program.code.strip()]
    if e.classes:
        lines.append("chosen = torch.isin(y_train, torch.tensor(CLASSES))")
        lines.append("x_train, y_train = x_train[chosen.to(DEVICE)], y_train[chosen]")
    if e.n_train < spec.n_train:
        lines.append("x_train = x_train[:N_TRAIN]")
    if e.label_width:
        lines.append("y_train = y_train[: len(x_train)].to(DEVICE)")
        lines.append("y_val, y_test = y_val.to(DEVICE), y_test.to(DEVICE)")
    return "\n".join(lines)


def corruption(e: Experiment) -> str:
    """The function `corrupt`, and what is measured on, with the same noise every time."""
    source = CORRUPTIONS[e.corruption].program.strip()
    inputs = [_INPUT[draws_noise(e)].format(part=part) for part in ("val", "test")]
    return "\n".join([source, "", "", *inputs])


def draws_noise(e: Experiment) -> bool:
    """Whether the corruption takes random numbers."""
    return e.corruption in CORRUPTIONS and CORRUPTIONS[e.corruption].draws
