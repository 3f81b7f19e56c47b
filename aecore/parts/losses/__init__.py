"""How a reconstruction is compared with what should come out: one small file for each loss.

A file defines `LOSS`. Adding one more is adding one file. All losses are at least 0 except BCE's
offset, which is the entropy of grey pixels.
"""

from aecore.parts._records import found_in
from aecore.parts.losses._loss import Loss

LOSSES: dict[str, Loss] = found_in(__name__, __path__, "LOSS")
"""By the name that an experiment's field `recon_loss` gives them."""

__all__ = ["LOSSES", "Loss"]
