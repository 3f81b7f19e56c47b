"""The rules that turn gradients into updates of the weights: one small file for each.

A file defines `OPTIMIZER`. Adding one more is adding one file.
"""

from aecore.parts._records import found_in
from aecore.parts.optimizers._optimizer import Optimizer

OPTIMIZERS: dict[str, Optimizer] = found_in(__name__, __path__, "OPTIMIZER")
"""By the name that an experiment's field `optimizer` gives them."""

__all__ = ["OPTIMIZERS", "Optimizer"]
