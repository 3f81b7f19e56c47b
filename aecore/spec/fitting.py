"""Which choices can go with the data of an experiment: menus offer no others."""

from aecore.parts.corruptions import CORRUPTIONS
from aecore.parts.losses import LOSSES
from aecore.spec.experiment import NETWORKS, SPECS, Experiment
from aecore.spec.fields import Choice


def suits(experiment: Experiment, name: str, choice: str) -> bool:
    """Whether a choice of a field can go with the experiment's kind of data.

    Args:
        experiment: says what the data are.
        name: of a field with choices.
        choice: one of them.
    """
    kind = experiment.kind
    if name == "network":
        return kind in NETWORKS[choice]
    if name == "corruption":
        return choice == "none" or kind in CORRUPTIONS[choice].kinds
    if name == "recon_loss":
        return kind in LOSSES[choice].kinds
    if name == "condition":
        return choice == "none" or experiment.n_classes > 0
    return True


def suitable(experiment: Experiment, name: str) -> tuple[str, ...]:
    """The choices of a field that can go with the data, and the one that is set whatever it is."""
    spec, chosen = SPECS[name], getattr(experiment, name)
    assert isinstance(spec, Choice)
    return tuple(c for c in spec.choices if c == chosen or suits(experiment, name, c))
