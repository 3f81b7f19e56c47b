"""The sample that is picked on the map, and those whose codes are nearest."""

from typing import TYPE_CHECKING

import streamlit as st

from aecore.analysis import neighbours
from ui.kit import components, digits, kinds, models
from ui.kit.language import _
from ui.latent_space.explore import NEIGHBOURS

if TYPE_CHECKING:
    from aecore.topics.latent_space.ask import Codes


def picked(model_id: str, codes: "Codes", index: int) -> None:
    """The picked sample, what becomes of it, and its nearest neighbours."""
    names = models.class_names(model_id)
    near, distances = neighbours.nearest(codes.z, index, NEIGHBOURS)
    answer = digits.reconstruct_test(model_id, (index, *near.tolist()))
    spec = models.dataset(model_id)
    shape = spec.shape
    named = _("class **{name}**").format(name=names[codes.labels[index]]) if names else ""
    picked = _("**Test {one} {index}**").format(one=kinds.one(spec), index=index)
    who = f"{picked}, {named}" if named else picked
    st.markdown(f"{who}: {kinds.mse(shape.kind)} {answer.errors[0]:.4f}")
    corrupted = None if answer.corrupted is None else answer.corrupted[:1]
    rows = digits.compared(answer.originals[:1], corrupted, answer.x_hat[:1], [""], shape)
    components.sample_rows(
        [digits.in_one(rows, shape)],
        shape=shape,
        key="picked",
        alt=_("The picked sample, its reconstruction, and their difference."),
    )
    st.markdown(
        _("**Nearest neighbours**: class and distance")
        if names
        else _("**Nearest neighbours**: distance"),
        help=_(
            "The test samples whose codes are closest, measured over all numbers of the code: the "
            "straight-line (Euclidean) distance."
        ),
    )
    captions = [
        f"{names[codes.labels[i]]} · {d:.2f}" if names else f"{d:.2f}"
        for i, d in zip(near, distances, strict=True)
    ]
    # Pictures are small enough for two rows; curves and bars wrap by themselves, from near to far.
    each = len(near) // 2 if shape.kind == "picture" and len(near) % 2 == 0 else len(near)
    components.sample_rows(
        [
            components.Row("", answer.originals[1:][at : at + each], captions[at : at + each])
            for at in range(0, len(near), each)
        ],
        shape=shape,
        key="neighbours",
        alt=_("The nearest neighbours of the picked sample, from near to far."),
    )
