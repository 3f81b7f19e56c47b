"""What the chosen model answers about its code, and the line that sums it up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.parts.datasets import DatasetSpec
from aecore.shapes import Shape
from aecore.topics.sparsity.measure import ACTIVE_SHARE, Activity, activity
from ui.kit import kinds, models, predict_first
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.sparsity import recipes

if TYPE_CHECKING:
    from aecore.topics.sparsity.ask import BuildUp, CodeTable, Thinned, UnitPictures

Signed = NDArray[np.float32]
"""(n, *shape.seen) or (*shape.seen), numbers that may be negative."""

DENSE = 0.3
"""A code of which a larger share is active than this is not called sparse."""

FADED = 0.25
"""How much is left of a sample that does not count yet."""

NUMBERS_HELP = N_(
    "A **unit** is one number of the code; its activation z is the value it takes for a "
    "sample. It counts as **active** on a sample if its size |z| is above "
    "{percent:.0f}% of the largest |z| of this model. A unit is **dead** if it takes the "
    "same value for every sample (in a variational code: if its KL divergence is below "
    "0.01 nats): it carries no information for the decoder. All numbers are over the "
    "first {n:,} test samples."
)


@dataclass(frozen=True, eq=False)
class Viewed:
    """What all panels of the page look at: a model, its codes, and who is active on what."""

    model: str
    table: "CodeTable"
    activity: Activity
    class_names: tuple[str, ...]

    @property
    def spec(self) -> DatasetSpec:
        """Of the data that the model is asked about."""
        return models.dataset(self.model)

    @property
    def shape(self) -> Shape:
        """What one of the test samples looks like."""
        return models.shape(self.model)


def look(model_id: str) -> Viewed:
    """The codes of a model's test samples, and their statistics."""
    from aecore.topics.sparsity import (
        ask as sparsity,  # imports torch: not before a page needs an answer
    )

    table = models.ask(model_id, sparsity.code_table)
    return Viewed(model_id, table, activity(table.z), models.class_names(model_id))


def build_up(seen: Viewed, index: int) -> "BuildUp":
    from aecore.topics.sparsity import ask as sparsity

    return models.ask(seen.model, sparsity.build_up, index)


def thinned(seen: Viewed, indices: tuple[int, ...], k: int) -> "Thinned":
    from aecore.topics.sparsity import ask as sparsity

    return models.ask(seen.model, sparsity.thinned, indices, k)


def unit_pictures(seen: Viewed) -> "UnitPictures":
    from aecore.topics.sparsity import ask as sparsity

    return models.ask(seen.model, sparsity.unit_pictures)


def finding(seen: Viewed) -> None:
    """How sparse the code is, in one line; and a word where it is not."""
    n, units = seen.table.z.shape
    stands = predict_first.headline(
        "sparsity-active",
        _(
            "Active on an average test {one}: **{active:.1f} of {units:,} units** ({percent:.0f}%). "
            "Dead units: **{dead:,}**. {name}: **{mse:.4f}**."
        ).format(
            one=kinds.one(seen.spec),
            name=kinds.mse(seen.shape.kind),
            active=seen.activity.share * units,
            units=units,
            percent=100 * seen.activity.share,
            dead=int(seen.table.dead.sum()),
            mse=seen.table.mse,
        ),
        help=_(NUMBERS_HELP).format(percent=100 * ACTIVE_SHARE, n=n),
    )
    if not stands:
        return
    if recipes.kind_of(models.experiment(seen.model)) == "none":
        st.caption(
            _(
                "This model was not trained to have a sparse code; the panels show what "
                "that looks like. Choose a sparse model in the sidebar, or train one "
                "here."
            )
        )
    elif seen.activity.share > DENSE:
        st.caption(
            _(
                "This code is hardly sparse: the penalty is too weak to switch units off, or the "
                "training too short."
            )
        )
    else:
        st.caption(
            _(
                "Few units are active for each {one}, and different ones for another one: "
                "a sparse code."
            ).format(one=kinds.one(seen.spec))
        )


def background() -> NDArray[np.uint8]:
    """The colour of the page, as Streamlit's themes have it: (3,)."""
    return np.array((23, 22, 20) if is_dark() else (255, 255, 255), np.uint8)


def faded(pictures: NDArray[np.uint8], first: int) -> NDArray[np.uint8]:
    """Colour pictures (n, height, width, 3), of which those from `first` on are hardly there."""
    shown = pictures.copy()
    veil = background().astype(np.float32)
    shown[first:] = (veil + FADED * (pictures[first:] - veil)).round().astype(np.uint8)
    return shown


def filled(pictures: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Colour pictures, filled up with blank cells to `count`."""
    blank = np.broadcast_to(background(), (count - len(pictures), *pictures.shape[1:]))
    return np.concatenate([pictures, blank])
