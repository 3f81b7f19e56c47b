from dataclasses import dataclass

from aecore.spec.experiment import Experiment

PLAIN, NOISY, RESCALED, LEAKED, HELD_OUT, APART, ALIKE = (
    "plain",
    "noisy",
    "rescaled",
    "leaked",
    "held_out",
    "apart",
    "alike",
)
"""What is done besides training: see `aecore.topics.pitfalls.trials`."""


@dataclass(frozen=True)
class Trial:
    """One way of doing it, the wrong one or the cured one.

    Attributes:
        experiment: what is trained; None where pretrained models are compared.
        measured: what came of it, a template with the figures that the trial measures.
        how: which data it gets, and what is measured.
    """

    experiment: Experiment | None
    measured: str
    how: str = PLAIN


@dataclass(frozen=True)
class Pitfall:
    """A mistake and its cure.

    Attributes:
        key: its name in tests and links.
        title: its name in the interface.
        seen: what one sees.
        why: where that comes from.
        remedy: what to do.
        wrong, cured: the trials that show both.
        settings: whether the lab has these settings, so that they can be opened on its Train page.
    """

    key: str
    title: str
    seen: str
    why: str
    remedy: str
    wrong: Trial
    cured: Trial
    settings: bool = True
