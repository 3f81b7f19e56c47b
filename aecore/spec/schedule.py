"""Which layers train when: all together, or one after the other first."""

from dataclasses import dataclass
from itertools import pairwise

from aecore.spec.experiment import Experiment


@dataclass(frozen=True)
class Stage:
    """A part of a training.

    Attributes:
        first_epoch: epochs completed when it begins.
        layer: the layer of the encoder that trains alone, from 1; None for all layers together.
        widths: (units below, units above) of that layer; empty for all layers together.
    """

    first_epoch: int
    layer: int | None = None
    widths: tuple[int, ...] = ()


def stages(experiment: Experiment) -> tuple[Stage, ...]:
    """The parts of an experiment's training, in their order; a plain training has one."""
    if experiment.schedule == "end_to_end":
        return (Stage(0),)
    widths = (experiment.shape.size, *experiment.hidden, experiment.latent_dim)
    alone = [
        Stage(i * experiment.layer_epochs, i + 1, pair) for i, pair in enumerate(pairwise(widths))
    ]
    return (*alone, Stage(len(alone) * experiment.layer_epochs))


def stage_at(experiment: Experiment, epoch: int) -> Stage:
    """The part that the batch after `epoch` completed epochs belongs to."""
    return [stage for stage in stages(experiment) if stage.first_epoch <= epoch][-1]
