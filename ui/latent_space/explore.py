"""The pad, the map of all test digits, and the digit that is picked on it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.analysis import neighbours
from aecore.analysis.neighbours import Map
from aecore.errors import N_
from aecore.topics.latent_space import figures as figures
from ui.kit import charts, components, digits, models, own_runs, plane
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.latent_space.ask import Codes

DIGIT = "_digit"
"""The key of the number input that says which test digit is picked; a click writes it too."""

NEIGHBOURS = 6
HEIGHT = 400

WAYS = {
    "strip": N_("as they are"),
    "codes": N_("as they are"),
    "pca": N_("PCA"),
    "tsne": N_("t-SNE"),
}
WAYS_HELP = N_(
    "A screen shows two or three numbers, so longer codes must be flattened. PCA looks "
    "at them from the side on which they spread most. t-SNE keeps neighbours together, "
    "at the cost of the meaning of large distances."
)
TINTS = {
    "class": N_("class"),
    "error": N_("reconstruction error"),
    "slant": N_("slant"),
    "thickness": N_("stroke thickness"),
}
TINTS_HELP = N_(
    "The model got no information about classes, slants or strokes. Where a colour "
    "changes smoothly over the map, the code has found that property by itself. The "
    "slant is computed from the moments of the picture; the stroke thickness is the area "
    "of the strokes divided by the length of their centre line."
)
UNITS = {
    "error": N_("MSE per pixel"),
    "slant": N_("slant in degrees (positive leans right)"),
    "thickness": N_("stroke thickness in pixels"),
}


@dataclass(frozen=True)
class Settings:
    """What the learner wants to see on the map.

    Attributes:
        way: how the codes are laid out.
        tint: what colours them.
        index: the picked test digit.
    """

    way: str
    tint: str
    index: int


def test_codes(model_id: str) -> "Codes":
    """Where the test digits lie; says so if the model gives no numbers."""
    with st.spinner(_("Running the model …")):
        from aecore.topics.latent_space import (
            ask as latent_map,  # torch: not before a page needs an answer
        )

        codes = models.ask(model_id, latent_map.test_codes)
    if not codes.finite:
        st.info(
            _(
                "This model's codes are not all finite numbers: its training has diverged. They are "
                "shown as zeros; train again with a smaller learning rate, or choose another model."
            )
        )
    return codes


def pad(model_id: str) -> None:
    """The playground of a code of two numbers; for others, where to find one."""
    if models.experiment(model_id).latent_dim == 2:
        plane.playground(model_id)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _(
                "To explore a map on which every place is a picture, you need a code of two "
                "numbers:"
            ),
            width="content",
        )
        for other in ("vae-2", "vanilla-2"):
            st.button(
                models.label(other), key=f"use_{other}", on_click=own_runs.set_model, args=(other,)
            )


def settings(codes: "Codes") -> Settings:
    """The menus beside the map."""
    choices = neighbours.ways(codes.z.shape[1])
    way = choices[0]
    if len(choices) > 1:
        way = st.radio(
            _("Arrange the codes by"),
            choices,
            format_func=lambda w: _(WAYS[w]),
            key="_way",
            help=_(WAYS_HELP),
        )
    tint = st.radio(
        _("Colour by"),
        list(TINTS),
        format_func=lambda t: _(TINTS[t]),
        key="_tint",
        help=_(TINTS_HELP),
    )
    return Settings(way, tint, _digit_input(len(codes.labels)))


def _digit_input(n: int) -> int:
    """The picked digit by its number: for keyboards and phones."""
    first = int(np.random.default_rng(6).integers(n))
    st.session_state[DIGIT] = min(st.session_state.get(DIGIT, first), n - 1)
    index = st.number_input(_("Test digit number"), 0, n - 1, step=1, key=DIGIT)
    st.button(
        _("Another"), icon=":material/casino:", key="another", on_click=_another, args=(index, n)
    )
    return int(index)


def _another(index: int, n: int) -> None:
    """The next digit of an order that looks like chance and is the same every time."""
    order = np.random.default_rng(1).permutation(n).tolist()
    st.session_state[DIGIT] = order[(order.index(index) + 1) % n]


def code_map(model_id: str, codes: "Codes", chosen: Settings) -> None:
    """All test digits at their codes."""
    with st.spinner(_("Arranging the codes …")):
        version = models.version(model_id)
        laid_out = _laid_out(model_id, version, chosen.way, codes)
        share = _same_class_share(model_id, version, codes)
        values = _values(model_id, chosen.tint)
        near, _distances = neighbours.nearest(codes.z, chosen.index, NEIGHBOURS)
    st.markdown(
        _(
            "**{shown:,} test digits**, each at its code: **{percent:.0f}%** lie next to a digit "
            "of their own class (10% by pure chance)."
        ).format(shown=len(laid_out.indices), percent=100 * share)
    )
    dots = figures.Dots(
        points=laid_out.points,
        labels=codes.labels[laid_out.indices],
        indices=laid_out.indices,
        values=None if values is None else values[laid_out.indices],
        unit=_(UNITS[chosen.tint]) if values is not None else "",
        picked=chosen.index,
        near=tuple(near.tolist()),
    )
    figure = figures.code_map(
        dots,
        laid_out.way,
        class_names=models.class_names(model_id),
        revision=f"{model_id}/{laid_out.way}",
        dark=is_dark(),
        _=_,
    )
    charts.live_plot(
        figure,
        key="latent_map",
        height=HEIGHT,
        alt=_("The codes of the test digits, each drawn as its class; rings mark the picked one."),
        on_pick=_pick,
    )
    st.caption(_caption(laid_out, chosen, len(codes.labels)))


def _pick(index: int) -> None:
    st.session_state[DIGIT] = max(index, 0)


@st.cache_data(max_entries=32, show_spinner=False)
def _laid_out(model_id: str, version: int, way: str, _codes: "Codes") -> Map:
    """The map of a model's codes; the codes themselves are known by model and version."""
    return neighbours.lay_out(_codes.z, _codes.labels, way)


@st.cache_data(max_entries=32, show_spinner=False)
def _same_class_share(model_id: str, version: int, _codes: "Codes") -> float:
    """How often a digit's nearest is of its class, among the first thousand."""
    first = slice(neighbours.MOST)
    return neighbours.same_class_share(_codes.z[first], _codes.labels[first])


def _values(model_id: str, tint: str) -> NDArray[np.floating[Any]] | None:
    """What colours each test digit; None for the class."""
    from aecore.topics.latent_space import ask as latent_map

    if tint == "error":
        return digits.test_errors(model_id).errors
    if tint == "slant":
        return models.ask(model_id, latent_map.slants)
    if tint == "thickness":
        return models.ask(model_id, latent_map.stroke_thickness)
    return None


def _caption(laid_out: Map, chosen: Settings, n: int) -> str:
    rings = _(
        "Click a digit to pick it. The large ring is the picked one, small rings its nearest."
    )
    if laid_out.way == "pca":
        how = _(
            "PCA: the two directions in which the codes vary most, with {percent:.0f}% "
            "of their variance; the rest is not visible."
        ).format(percent=100 * laid_out.explained)
    elif laid_out.way == "tsne":
        how = _(
            "t-SNE of {m:,} of {n:,} test digits: neighbours stay together, but the gaps between "
            "groups and their sizes mean nothing, and the axes have no unit."
        ).format(m=len(laid_out.indices), n=n)
    elif laid_out.way == "strip":
        how = _(
            "The code is one number, from left to right; the height only separates the classes."
        )
    else:
        how = _("The axes are the numbers of the code themselves, on the same scale.")
    return f"{how} {rings}"


def picked(model_id: str, codes: "Codes", index: int) -> None:
    """The picked digit, what becomes of it, and its nearest neighbours."""
    names = models.class_names(model_id)
    near, distances = neighbours.nearest(codes.z, index, NEIGHBOURS)
    answer = digits.reconstruct_test(model_id, (index, *near.tolist()))
    st.markdown(
        _("**Test digit {index}**, class **{name}**: MSE per pixel {error:.4f}").format(
            index=index, name=names[codes.labels[index]], error=answer.errors[0]
        )
    )
    shape = models.shape(model_id)
    corrupted = None if answer.corrupted is None else answer.corrupted[:1]
    rows = digits.compared(answer.originals[:1], corrupted, answer.x_hat[:1], [""], shape)
    components.sample_rows(
        [digits.in_one(rows, shape)],
        shape=shape,
        key="picked",
        alt=_("The picked digit, its reconstruction, and their difference."),
    )
    st.markdown(
        _("**Nearest neighbours**: class and distance"),
        help=_(
            "The test digits whose codes are closest, measured over all numbers of the code: the "
            "straight-line (Euclidean) distance."
        ),
    )
    captions = [f"{names[codes.labels[i]]} · {d:.2f}" for i, d in zip(near, distances, strict=True)]
    half = len(near) // 2
    components.sample_rows(
        [
            components.Row("", answer.originals[1 : 1 + half], captions[:half]),
            components.Row(
                "", answer.originals[1 + half : 1 + 2 * half], captions[half : 2 * half]
            ),
        ],
        shape=shape,
        key="neighbours",
        alt=_("The nearest neighbours of the picked digit, from near to far."),
    )
