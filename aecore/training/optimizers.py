"""The optimisers of an experiment."""

from collections.abc import Iterable

import torch
from torch import nn

from aecore.spec.experiment import Experiment


def build(experiment: Experiment, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """The experiment's optimiser, with all parameters in one kernel where PyTorch has one."""
    lr = experiment.learning_rate
    if experiment.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=lr)
    if experiment.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=lr, momentum=0.9, fused=True)
    adam = torch.optim.AdamW if experiment.optimizer == "adamw" else torch.optim.Adam
    return adam(parameters, lr=lr, fused=True)
