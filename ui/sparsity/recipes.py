"""The experiments of the Sparsity page: quick ones, with one layer each way."""

from typing import Any

from aecore.errors import N_
from aecore.parts.datasets import BUNDLED, DATASETS
from aecore.spec import variants
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.fields import Number

KINDS = {
    "none": N_("No penalty"),
    "l1": N_("L1"),
    "kl": N_("KL"),
    "top_k": N_("Top-k"),
}

KINDS_HELP = N_(
    "**L1** adds the mean absolute value of the code to the loss, so every activation "
    "costs something. **KL** pulls each unit's mean activation towards a small target "
    "rho. **Top-k** keeps the k largest units and sets the others to zero: exact, with "
    "no penalty. **No penalty** is the same network without any of these."
)

SIZES = (16, 32, 64, 128, 256, 512, 1024)

L1_WEIGHTS = (0.0, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0)
KL_WEIGHTS = (0.0, 0.0001, 0.0003, 0.001, 0.002, 0.003, 0.005, 0.01, 0.03, 0.1)
RHOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)

QUICK: dict[str, Any] = {"epochs": 15, "batch_size": 64, "learning_rate": 0.002, "hidden": ()}
"""The bundled digits in 15 epochs: a few seconds, and about 820 updates of the weights."""

COMPARED_SIZES = (32, 1024)
COMPARED_K = 10
L1_PER_UNIT = 0.03 / 128


def compared(kind: str, size: int, seed: int = 0) -> Experiment:
    """One line of the comparison.

    Weights as on the sliders' defaults; the L1 penalty is a mean over units, so its weight grows
    with the code, or a wide code would hardly feel it.
    """
    weight = L1_PER_UNIT * size if kind == "l1" else 0.001
    return build(kind, size, weight=weight, rho=0.05, k=COMPARED_K).replace(seed=seed)


def comparison(seeds: int = 1) -> list[Experiment]:
    """None, L1, KL and top-k, with fewer units than pixels and with more; each with every seed,
    all of one seed before the next."""
    return [
        compared(kind, size, seed)
        for seed in range(seeds)
        for size in COMPARED_SIZES
        for kind in KINDS
    ]


def build(kind: str, size: int, *, weight: float, rho: float, k: int) -> Experiment:
    """A quick experiment on the bundled digits.

    Args:
        kind: of `KINDS`.
        size: of the code.
        weight: of the penalty, if there is one.
        rho: target activation, for KL.
        k: units that survive, for top-k; at most `size`.
    """
    common = {**QUICK, "latent_dim": size}
    if kind == "l1":
        return variants.build("sparse", penalty_weight=weight, **common)
    if kind == "kl":
        return variants.build("sparse-kl", penalty_weight=weight, rho=rho, **common)
    if kind == "top_k":
        return variants.build("top-k", k=min(k, size), **common)
    # The same network and code as with L1, so that only the penalty differs.
    return variants.build("vanilla", code_activation="relu", **common)


def n_train(dataset: str) -> int:
    """How many samples of a dataset are learned from here: never more than of the bundled digits."""
    return min(DATASETS[dataset].n_train, DATASETS[BUNDLED].n_train)


def on(dataset: str, experiment: Experiment) -> Experiment:
    """The same on other data, with the same code size, in as little time."""
    if dataset == experiment.dataset:
        return experiment
    sizes = {name: getattr(experiment, name) for name in ("latent_dim", "k", *QUICK)}
    return experiment.moved_to(dataset).replace(**sizes, n_train=n_train(dataset))


def kind_of(experiment: Experiment) -> str:
    """Which of `KINDS` an experiment is."""
    if experiment.code == "top_k":
        return "top_k"
    return {"l1": "l1", "kl_sparsity": "kl"}.get(experiment.penalty, "none")


def title_and_help(name: str) -> tuple[str, str]:
    """What the declaration of a numeric field says."""
    spec = SPECS[name]
    assert isinstance(spec, Number)
    return spec.title, spec.help
