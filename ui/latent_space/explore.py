"""The pad, the map of all test samples, and the one that is picked on it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.analysis import neighbours
from aecore.analysis.neighbours import Map
from aecore.data import datasets
from aecore.errors import N_
from aecore.parts.datasets import DIGIT, DatasetSpec
from aecore.spec import variants
from aecore.topics.latent_space import figures as figures
from ui.kit import (
    charts,
    digits,
    kinds,
    models,
    own_runs,
    plane,
    session_link,
    state,
)
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.latent_space.ask import Codes

PICKED = "_digit"
"""The key of the number input that says which test sample is picked; a click writes it too."""

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
    "plain": N_("one colour"),
    "error": N_("reconstruction error"),
    "slant": N_("slant"),
    "thickness": N_("stroke thickness"),
}
TINTS_HELP = N_(
    "The model got no information about classes. Where a colour changes smoothly over the map, the "
    "code has found that property by itself."
)
STROKES_HELP = N_(
    "The slant is computed from the moments of the picture; the stroke thickness is the area of the "
    "strokes divided by the length of their centre line. The model got no information about these."
)
UNITS = {
    "slant": N_("slant in degrees (positive leans right)"),
    "thickness": N_("stroke thickness in pixels"),
}


@dataclass(frozen=True)
class Settings:
    """What the learner wants to see on the map.

    Attributes:
        way: how the codes are laid out.
        tint: what colours them.
        index: the picked test sample.
    """

    way: str
    tint: str
    index: int


def test_codes(model_id: str) -> "Codes":
    """Where the test samples lie; says so if the model gives no numbers."""
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
    spec = models.dataset(model_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _(
                "To explore a map on which every place is a {one}, you need a code of two numbers:"
            ).format(one=kinds.one(spec)),
            width="content",
        )
        if spec.key != datasets.BUNDLED:
            if st.button(_("Set one up on the page ‘Train’"), key="train_two"):
                small = variants.get("vanilla").experiment.moved_to(spec.key)
                state.set_experiment(small.replace(latent_dim=2))
                st.switch_page("pages/train.py", query_params=session_link.link())
            return
        for other in ("vae-2", "vanilla-2"):
            st.button(
                models.label(other), key=f"use_{other}", on_click=own_runs.set_model, args=(other,)
            )


def tints(spec: DatasetSpec) -> list[str]:
    """What can colour samples: slants and strokes are those of MNIST-like digits."""
    by = ["class"] if spec.classes else ["plain"]
    strokes = ["slant", "thickness"] if spec.shape == DIGIT and kinds.are_digits(spec) else []
    return [*by, "error", *strokes]


def settings(model_id: str, codes: "Codes") -> Settings:
    """The menus beside the map."""
    spec = models.dataset(model_id)
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
    offered = tints(spec)
    tint = st.radio(
        _("Colour by"),
        offered,
        format_func=lambda t: _(TINTS[t]),
        key="_tint" if "slant" in offered else f"_tint_{offered[0]}",
        help=f"{_(TINTS_HELP)} {_(STROKES_HELP) if 'slant' in offered else ''}".strip(),
    )
    return Settings(way, tint, _number_input(len(codes.labels), kinds.one(spec)))


def _number_input(n: int, one: str) -> int:
    """The picked sample by its number: for keyboards and phones."""
    first = int(np.random.default_rng(6).integers(n))
    st.session_state[PICKED] = min(st.session_state.get(PICKED, first), n - 1)
    index = st.number_input(_("Test {one} number").format(one=one), 0, n - 1, step=1, key=PICKED)
    st.button(
        _("Another"), icon=":material/casino:", key="another", on_click=_another, args=(index, n)
    )
    return int(index)


def _another(index: int, n: int) -> None:
    """The next digit of an order that looks like chance and is the same every time."""
    order = np.random.default_rng(1).permutation(n).tolist()
    st.session_state[PICKED] = order[(order.index(index) + 1) % n]


def code_map(model_id: str, codes: "Codes", chosen: Settings) -> None:
    """All test samples at their codes."""
    spec = models.dataset(model_id)
    with st.spinner(_("Arranging the codes …")):
        version = models.version(model_id)
        laid_out = _laid_out(model_id, version, chosen.way, codes)
        values = _values(model_id, chosen.tint)
        near, _distances = neighbours.nearest(codes.z, chosen.index, NEIGHBOURS)
    st.markdown(_shown(model_id, len(laid_out.indices), codes))
    dots = figures.Dots(
        points=laid_out.points,
        labels=codes.labels[laid_out.indices],
        indices=laid_out.indices,
        values=None if values is None else values[laid_out.indices],
        unit=_unit(chosen.tint, spec) if values is not None else "",
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
        alt=_("The codes of the test samples, each drawn as its class; rings mark the picked one."),
        on_pick=_pick,
    )
    if legend := kinds.legend(models.class_names(model_id)):
        st.caption(legend)
    st.caption(_caption(spec, laid_out, chosen, len(codes.labels)))


def _shown(model_id: str, n: int, codes: "Codes") -> str:
    """How many there are, and how often neighbours are of one class."""
    spec = models.dataset(model_id)
    shown = _("**{shown:,} test {many}**, each at its code").format(shown=n, many=kinds.many(spec))
    if not spec.classes:
        return f"{shown}."
    share = _same_class_share(model_id, models.version(model_id), codes)
    near = _(
        "**{percent:.0f}%** lie next to one of their own class ({chance:.0f}% by pure chance)."
    ).format(percent=100 * share, chance=100 * neighbours.chance_of_same_class(codes.labels))
    return f"{shown}: {near}"


def _unit(tint: str, spec: DatasetSpec) -> str:
    return kinds.mse(spec.shape.kind) if tint == "error" else _(UNITS[tint])


def _pick(index: int) -> None:
    st.session_state[PICKED] = max(index, 0)


@st.cache_data(max_entries=32, show_spinner=False)
def _laid_out(model_id: str, version: int, way: str, _codes: "Codes") -> Map:
    """The map of a model's codes; the codes themselves are known by model and version."""
    return neighbours.lay_out(_codes.z, _codes.labels, way)


@st.cache_data(max_entries=32, show_spinner=False)
def _same_class_share(model_id: str, version: int, _codes: "Codes") -> float:
    """How often a sample's nearest is of its class, among the first thousand."""
    first = slice(neighbours.MOST)
    return neighbours.same_class_share(_codes.z[first], _codes.labels[first])


def _values(model_id: str, tint: str) -> NDArray[np.floating[Any]] | None:
    """What colours each test sample; None for the class, or one colour."""
    from aecore.topics.latent_space import ask as latent_map

    if tint == "error":
        return digits.test_errors(model_id).errors
    if tint == "slant":
        return models.ask(model_id, latent_map.slants)
    if tint == "thickness":
        return models.ask(model_id, latent_map.stroke_thickness)
    return None


def _caption(spec: DatasetSpec, laid_out: Map, chosen: Settings, n: int) -> str:
    rings = _(
        "Click a {one} to pick it. The large ring is the picked one, small rings its nearest."
    ).format(one=kinds.one(spec))
    if laid_out.way == "pca":
        how = _(
            "PCA: the two directions in which the codes vary most, with {percent:.0f}% "
            "of their variance; the rest is not visible."
        ).format(percent=100 * laid_out.explained)
    elif laid_out.way == "tsne":
        how = _(
            "t-SNE of {m:,} of {n:,} test {many}: neighbours stay together, but the gaps between "
            "groups and their sizes mean nothing, and the axes have no unit."
        ).format(m=len(laid_out.indices), n=n, many=kinds.many(spec))
    elif laid_out.way == "strip":
        how = _(
            "The code is one number, from left to right; the height only separates the classes."
        )
        if not spec.classes:
            how = _("The code is one number, from left to right; the height means nothing.")
    else:
        how = _("The axes are the numbers of the code themselves, on the same scale.")
    return f"{how} {rings}"
