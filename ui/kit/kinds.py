"""Words that follow the kind of data: what a sample is called, and what its numbers are."""

from aecore.errors import N_
from aecore.shapes import Kind
from ui.kit.language import _

SAMPLE: dict[Kind, str] = {"picture": N_("picture"), "series": N_("series"), "row": N_("row")}

MSE: dict[Kind, str] = {
    "picture": N_("MSE per pixel"),
    "series": N_("MSE per value"),
    "row": N_("MSE per feature"),
}


def sample(kind: Kind) -> str:
    """What one sample is called."""
    return _(SAMPLE[kind])


def mse(kind: Kind) -> str:
    """What the mean squared error is a mean over."""
    return _(MSE[kind])
