"""What is known of an optimiser."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aecore.parts._records import LAST

if TYPE_CHECKING:
    import torch
    from torch import nn


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """All that is known of an optimiser.

    Attributes:
        key: its name in an experiment, a link and a program.
        order: its place in menus.
        title: what a menu calls it.
        says: how it turns gradients into updates, in a sentence.
        make: of parameters and a learning rate; all parameters in one kernel where PyTorch has one.
        program: the same as an expression of `torch.optim`, for LEARNING_RATE and the parameters of
            `model`.
    """

    key: str
    order: int = LAST
    title: str
    says: str
    make: "Callable[[Iterable[nn.Parameter], float], torch.optim.Optimizer]"
    program: str
