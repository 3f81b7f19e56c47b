"""Words that follow the data: what a sample is called, and what its numbers are.

Korean sentences take `one` and `many` without a particle that would depend on their last letter.
"""

from collections.abc import Sequence

from aecore.errors import N_
from aecore.figures.live import MEANS
from aecore.parts.datasets import BUNDLED, DATASETS, DatasetSpec
from aecore.shapes import Kind
from ui.kit.language import _

SAMPLE: dict[Kind, str] = {"picture": N_("picture"), "series": N_("series"), "row": N_("row")}

MSE: dict[Kind, str] = {
    "picture": N_("MSE per pixel"),
    "series": N_("MSE per value"),
    "row": N_("MSE per feature"),
}

VALIDATION_MSE: dict[Kind, str] = {
    "picture": N_("validation MSE per pixel"),
    "series": N_("validation MSE per value"),
    "row": N_("validation MSE per feature"),
}

TEST_MSE: dict[Kind, str] = {
    "picture": N_("test MSE per pixel"),
    "series": N_("test MSE per value"),
    "row": N_("test MSE per feature"),
}

THE_MEAN: dict[Kind, str] = {
    "picture": N_("the mean picture"),
    "series": N_("the mean series"),
    "row": N_("the mean row"),
}

NUMBERS: dict[Kind, str] = {
    "picture": N_("pixels"),
    "series": N_("values"),
    "row": N_("features"),
}

ABOVE_BELOW: dict[Kind, str] = {
    "picture": N_("red for more ink and blue for less"),
    "series": N_("red above zero and blue below"),
    "row": N_("red above zero and blue below"),
}


def sample(kind: Kind) -> str:
    """What one sample is called."""
    return _(SAMPLE[kind])


def mse(kind: Kind) -> str:
    """What the mean squared error is a mean over."""
    return _(MSE[kind])


def validation_mse(kind: Kind | None) -> str:
    """The same of the validation samples; of data of several kinds if it is None."""
    return _(VALIDATION_MSE[kind] if kind else N_("validation MSE per number"))


def test_mse(kind: Kind | None) -> str:
    """The same of the test samples."""
    return _(TEST_MSE[kind] if kind else N_("test MSE per number"))


def mean(kind: Kind) -> str:
    """The mean of what is learned from, as a curve is called."""
    return _(MEANS[kind])


def the_mean(kind: Kind | None) -> str:
    """The same in a line of numbers; of data of several kinds if it is None."""
    return _(THE_MEAN[kind] if kind else N_("the mean of the samples"))


def numbers(kind: Kind) -> str:
    """What the numbers of a sample are called."""
    return _(NUMBERS[kind])


def above_below(kind: Kind) -> str:
    """What the colours mean where numbers around zero are drawn."""
    return _(ABOVE_BELOW[kind])


def one(spec: DatasetSpec) -> str:
    """What one sample of a dataset is called."""
    return _(spec.one)


def many(spec: DatasetSpec) -> str:
    """What several samples of a dataset are called."""
    return _(spec.many)


def are_digits(spec: DatasetSpec) -> bool:
    """Whether it has written digits, of which texts may say how their strokes bend."""
    return spec.classes == DATASETS[BUNDLED].classes


def legend(class_names: Sequence[str]) -> str:
    """Which number is which class, where classes are marked by their numbers; empty if they are
    called by these numbers themselves."""
    if all(name == str(label) for label, name in enumerate(class_names)):
        return ""
    return " · ".join(f"{label} {name}" for label, name in enumerate(class_names))


def unlabelled(spec: DatasetSpec) -> str:
    """Why there is nothing about classes."""
    return _("Nobody has labelled these {many}, so there are no classes to compare.").format(
        many=many(spec)
    )
