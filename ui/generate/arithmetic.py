"""Adding the difference of two codes to a third one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.shapes import Shape
from ui.generate.answers import Viewed
from ui.kit import components, digits, layout, models, session_link
from ui.kit.language import _
from ui.kit.page_list import PAGES

if TYPE_CHECKING:
    from aecore.topics.generate.ask import Arithmetic

GENERATE_SUM = "generate_sum"
"""Session key: which digits are calculated with."""

MODES = {
    "slant": N_("slant"),
    "thickness": N_("stroke thickness"),
    "classes": N_("two classes"),
    "samples": N_("two samples"),
}
MODES_HELP = N_(
    "What A and B are. **Two classes**: the mean codes of two classes. **Two samples**: the codes of "
    "two single test samples."
)
STROKES_HELP = N_(
    "**Slant**: the mean code of those test digits of each class that lean most to the right, and of "
    "those that lean most to the left. **Stroke thickness**: of the boldest and the finest of each "
    "class."
)
LESSONS = {
    "slant": N_(
        "A large enough code keeps the slant in a direction of its own, nearly the same "
        "for all classes: a small step slants digits without changing what they are. A "
        "large step leaves the region where digits lie. In a code of two numbers there "
        "is no room for such a direction, and the step changes the class instead."
    ),
    "thickness": N_(
        "A large enough code keeps the thickness of the stroke in a direction of its "
        "own, nearly the same for all classes. In a code of two numbers there is no room "
        "for it, and the step changes the class instead."
    ),
    "classes": N_(
        "Where C is of class B, many become an A and keep what is their own. On "
        "other classes it mostly does nothing, or spoils the sample: with digits, what turns a 4 "
        "into a 9 means nothing for a 0."
    ),
    "samples": N_(
        "A gamble: the difference of two single samples holds everything in which they differ, and "
        "most of that does not fit a third one. Means over many samples work better."
    ),
}
READ_HELP = N_(
    "Measured on {n} test samples, not only on those shown: each is read as the class that is "
    "most frequent among the 5 real training samples nearest to it, number by number. Before: their "
    "reconstructions."
)
MEASURED = 100
PROPERTIES = ("slant", "thickness")
ALL = -1
"""Stands among the classes for all of them."""

EXTREME = 0.1
"""Share of the test pictures of a class that count as extreme in slant or thickness."""


@dataclass(frozen=True)
class Sum:
    """What is calculated: test samples by their index."""

    plus: tuple[int, ...]
    minus: tuple[int, ...]
    starts: tuple[int, ...]
    strength: float
    label: int
    """The class of A, where it has one."""


@st.fragment
def panel(seen: Viewed) -> None:
    """z(C) + strength (A - B), decoded."""
    st.subheader(_("Calculating with codes"))
    settings, results = layout.beside("arithmetic")
    with settings:
        modes = _modes(seen)
        mode = st.radio(
            _("A and B differ in"),
            modes,
            format_func=lambda m: _(MODES[m]),
            key=f"_generate_mode_{len(modes)}",
            help=_(MODES_HELP) if not seen.is_written else f"{_(STROKES_HELP)} {_(MODES_HELP)}",
        )
        chosen = _choose(seen, mode)
    with results, st.spinner(_("Running the model …")):
        from aecore.topics.generate import ask as generation

        answer = models.ask(
            seen.model,
            generation.arithmetic,
            chosen.plus,
            chosen.minus,
            chosen.starts,
            chosen.strength,
        )
        _finding(seen, mode, chosen, answer)
        _show(answer, chosen, seen.shape)
        st.markdown(_(LESSONS[mode]))
    st.page_link(
        PAGES["latent_space"].file,
        label=_("Walking from one sample to another: on the page Latent space"),
        icon=PAGES["latent_space"].icon,
        query_params=session_link.link(),
    )


def _modes(seen: Viewed) -> list[str]:
    """What A and B can be: only what is written leans, and only what is labelled has classes."""
    modes = [mode for mode in MODES if mode not in PROPERTIES or seen.is_written]
    return [mode for mode in modes if mode != "classes" or seen.class_names]


def _choose(seen: Viewed, mode: str) -> Sum:
    labels = seen.codes.labels
    seed = st.session_state.setdefault(GENERATE_SUM, 0)
    order = np.random.default_rng(seed).permutation(len(labels))
    a, b = ALL, ALL
    if mode in PROPERTIES:
        plus, minus = _extremes(_values(seen, mode), labels)
    elif not seen.class_names:
        plus, minus = order[:1], order[-1:]
    else:
        a, b = _class_menus(seen)
        plus, minus = np.flatnonzero(labels == a), np.flatnonzero(labels == b)
        if mode == "samples":
            # Of one class, not the same sample twice.
            plus, minus = order[labels[order] == a][:1], order[labels[order] == b][-1:]
    starts = _starts(seen, order, b, mode)
    strength = st.slider(
        _("How much of the difference (s)"),
        -2.0,
        2.0,
        0.5 if mode in PROPERTIES else 1.0,
        0.1,
        key=f"_generate_strength_{mode}",
        help=_("1 adds all of A - B, 0 nothing; negative numbers add B - A."),
    )
    st.button(_("Others"), icon=":material/casino:", key="generate_sum_others", on_click=_others)
    return Sum(_indices(plus), _indices(minus), starts, float(strength), a)


def _others() -> None:
    st.session_state[GENERATE_SUM] += 1


def _indices(found: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(map(int, found))


def _class_menus(seen: Viewed) -> tuple[int, int]:
    classes = np.unique(seen.codes.labels).tolist()
    a, b = (
        st.selectbox(
            title,
            classes,
            index=min(default, len(classes) - 1),
            format_func=seen.class_names.__getitem__,
            key=f"_generate_class_{key}_{len(classes)}",
        )
        for title, default, key in (
            ("A", len(classes) - 1, "a"),
            ("B", (len(classes) - 1) // 2, "b"),
        )
    )
    return a, b


def _starts(seen: Viewed, order: NDArray[np.int64], default: int, mode: str) -> tuple[int, ...]:
    """The samples C that the difference is added to, those that are shown first."""
    labels = seen.codes.labels
    if not seen.class_names:
        return _indices(order[1:-1][:MEASURED])
    classes = [ALL, *np.unique(labels).tolist()]
    wished = st.selectbox(
        _("Added to (C)"),
        classes,
        index=classes.index(default),
        format_func=lambda c: _("one of each class") if c == ALL else seen.class_names[c],
        key=f"_generate_added_{mode}_{default}_{len(classes)}",
    )
    if wished != ALL:
        return _indices(order[labels[order] == wished][:MEASURED])
    shown = list(digits.of_each_class(labels, order))
    return _indices(np.concatenate([shown, order[~np.isin(order, shown)]])[:MEASURED])


def _values(seen: Viewed, mode: str) -> NDArray[np.float64]:
    from aecore.topics.latent_space import ask as latent_map

    question = latent_map.slants if mode == "slant" else latent_map.stroke_thickness
    return models.ask(seen.model, question)


def _extremes(
    values: NDArray[np.float64], labels: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pictures of each class with the largest and with the smallest values.

    Class by class, or the difference would also be one between classes: most 1s are thin.
    """
    most, least = [], []
    for c in np.unique(labels):
        mine = np.flatnonzero(labels == c)
        order = mine[np.argsort(values[mine], kind="stable")]
        n = max(1, round(EXTREME * len(order)))
        most.append(order[-n:])
        least.append(order[:n])
    return np.concatenate(most), np.concatenate(least)


def _finding(seen: Viewed, mode: str, chosen: Sum, answer: "Arithmetic") -> None:
    """What the sum does, measured, in one line; nothing where there are no classes to read."""
    if not seen.class_names:
        return
    labels = seen.codes.labels[list(chosen.starts)]
    if mode in PROPERTIES:
        wanted = labels
        text = _("Recognised as their own class: **{after:.0f}%**, before {before:.0f}%.")
    else:
        wanted = np.full(len(labels), chosen.label)
        text = _("Recognised as class A: **{after:.0f}%**, before {before:.0f}%.")
    said = text.format(
        after=100 * (answer.classes == wanted).mean(),
        before=100 * (answer.classes_before == wanted).mean(),
    )
    if mode == "slant" and answer.slant is not None:
        change = _("Slant: **{change:+.0f}°** (positive leans right).").format(change=answer.slant)
        said = f"{change} {said}"
    elif mode == "thickness" and answer.thickness is not None:
        change = _("Strokes: **{change:+.1f} pixels** thicker.").format(change=answer.thickness)
        said = f"{change} {said}"
    st.markdown(said, help=_(READ_HELP).format(n=len(labels)))


def _show(answer: "Arithmetic", chosen: Sum, shape: Shape) -> None:
    ends, sums = st.columns([1, 6], gap="small")
    with ends:
        components.sample_rows(
            [
                components.Row(_("A, decoded"), answer.plus),
                components.Row(_("B, decoded"), answer.minus),
            ],
            shape=shape,
            key="generate_ends",
            alt=_("What is decoded from the codes A and B."),
        )
    with sums:
        components.sample_rows(
            [
                components.Row(_("original C"), answer.originals),
                components.Row(_("reconstruction"), answer.x_hat),
                components.Row(_("code: C + s (A - B)"), answer.results),
                components.Row(_("numbers: C + s (A - B)"), answer.pixels),
            ],
            shape=shape,
            key="generate_sums",
            alt=_(
                "Test samples, their reconstructions, what is decoded after the difference was added "
                "to their codes, and the same sum of the samples' own numbers."
            ),
        )
        st.caption(
            _(
                "Below the reconstruction: the code of C plus s = {strength:.1f} times A - B (a "
                "step of length {length:.2f} at s = 1), decoded. Last row: the same sum of the "
                "samples' own numbers, which only lays them over each other."
            ).format(strength=chosen.strength, length=answer.length)
        )
