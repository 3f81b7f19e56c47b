"""Adding the difference of two codes to a third one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from ui import components, models, state
from ui.frame import PAGES
from ui.generate.answers import Seen
from ui.language import _

if TYPE_CHECKING:
    from aecore.questions.generation import Arithmetic

GENERATE_SUM = "generate_sum"
"""Session key: which digits are calculated with."""

MODES = {
    "slant": N_("slant"),
    "thickness": N_("stroke thickness"),
    "classes": N_("two classes"),
    "digits": N_("two digits"),
}
MODES_HELP = N_(
    "What A and B are. **Slant**: the mean code of those test digits of each class that lean most to "
    "the right, and of those that lean most to the left. **Stroke thickness**: of the boldest and "
    "the finest of each class. **Two classes**: the mean codes of two classes. **Two digits**: the codes of two single test "
    "digits."
)
VERDICTS = {
    "slant": N_(
        "This works: the slant has a direction of its own in the code, the same for all classes, "
        "so digits lean over and stay what they are."
    ),
    "thickness": N_(
        "This works: the stroke's thickness has a direction of its own in the code, nearly the same "
        "for all classes."
    ),
    "classes": N_(
        "This works where the digit is of class B: it becomes an A and keeps some of its own hand. "
        "On other classes it mostly fails: being a 9 and not a 4 means nothing to a 0, and the sum "
        "lands where no digit lies."
    ),
    "digits": N_(
        "This is a gamble: the difference of two single digits holds everything in which they "
        "differ, and most of that does not fit the third one."
    ),
}
COLUMNS = 10
EXTREME = 0.1
"""Share of the test pictures of a class that count as extreme in slant or thickness."""


@dataclass(frozen=True)
class Sum:
    """What is calculated: test pictures by their index."""

    plus: tuple[int, ...]
    minus: tuple[int, ...]
    starts: tuple[int, ...]
    strength: float


@st.fragment
def panel(seen: Seen) -> None:
    """z(C) + strength (A - B), decoded."""
    st.subheader(_("Calculating with codes"))
    settings, results = st.columns([1, 3.8], gap="medium")
    with settings:
        mode = st.radio(
            _("A and B differ in"),
            list(MODES),
            format_func=lambda m: _(MODES[m]),
            key="_generate_mode",
            help=_(MODES_HELP),
        )
        chosen = _choose(seen, mode)
    with results, st.spinner(_("Asking the model …")):
        from aecore.questions import generation

        answer = models.ask(
            seen.model,
            generation.arithmetic,
            chosen.plus,
            chosen.minus,
            chosen.starts,
            chosen.strength,
        )
        _show(answer, chosen)
        st.markdown(_(VERDICTS[mode]))
    st.page_link(
        PAGES["latent_space"].file,
        label=_("Walking from one digit to another: on the page Latent space"),
        icon=PAGES["latent_space"].icon,
        query_params=state.link(),
    )


def _choose(seen: Seen, mode: str) -> Sum:
    labels = seen.codes.labels
    seed = st.session_state.setdefault(GENERATE_SUM, 0)
    order = np.random.default_rng(seed).permutation(len(labels))
    if mode in ("slant", "thickness"):
        plus, minus = _extremes(_values(seen, mode), labels)
        default = 1
    else:
        a, b = _class_menus(seen)
        plus, minus = np.flatnonzero(labels == a), np.flatnonzero(labels == b)
        if mode == "digits":
            # Of one class, not the same digit twice.
            plus, minus = order[labels[order] == a][:1], order[labels[order] == b][-1:]
        default = b
    starts = _starts(seen, order, default, mode)
    strength = st.slider(
        _("How much of the difference"),
        -2.0,
        2.0,
        1.0,
        0.1,
        key="_generate_strength",
        help=_("1 adds all of A - B, 0 nothing; negative numbers add B - A."),
    )
    st.button(_("Others"), icon=":material/casino:", key="generate_sum_others", on_click=_others)
    return Sum(_indices(plus), _indices(minus), starts, float(strength))


def _others() -> None:
    st.session_state[GENERATE_SUM] += 1


def _indices(found: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(map(int, found))


def _class_menus(seen: Seen) -> tuple[int, int]:
    classes = np.unique(seen.codes.labels).tolist()
    a, b = (
        st.selectbox(
            title,
            classes,
            index=min(default, len(classes) - 1),
            format_func=seen.class_names.__getitem__,
            key=f"_generate_class_{key}",
        )
        for title, default, key in (("A", 9, "a"), ("B", 4, "b"))
    )
    return a, b


def _starts(seen: Seen, order: NDArray[np.int64], default: int, mode: str) -> tuple[int, ...]:
    """The digits C that the difference is added to: of one class, or one of each."""
    labels = seen.codes.labels
    every = -1
    classes = [every, *np.unique(labels).tolist()]
    wished = st.selectbox(
        _("Added to (C)"),
        classes,
        index=0 if mode in ("slant", "thickness") else classes.index(default),
        format_func=lambda c: _("one of each class") if c == every else seen.class_names[c],
        key=f"_generate_added_{mode}",
    )
    if wished == every:
        first = {int(labels[i]): int(i) for i in reversed(order)}
        return tuple(first[c] for c in sorted(first))
    return _indices(order[labels[order] == wished][:COLUMNS])


def _values(seen: Seen, mode: str) -> NDArray[np.float64]:
    from aecore.questions import latent_map

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


def _show(answer: "Arithmetic", chosen: Sum) -> None:
    ends, sums = st.columns([1, 6], gap="small")
    with ends:
        components.digit_rows(
            [
                components.Row("", answer.plus, [_("A, decoded")]),
                components.Row("", answer.minus, [_("B, decoded")]),
            ],
            key="generate_ends",
            alt=_("The pictures decoded from the codes A and B."),
        )
    with sums:
        components.digit_rows(
            [
                components.Row(_("original C"), answer.originals),
                components.Row(_("reconstruction"), answer.x_hat),
                components.Row(_("code: C + s (A - B)"), answer.results),
                components.Row(_("pixels: C + s (A - B)"), answer.pixels),
            ],
            key="generate_sums",
            alt=_(
                "Test digits, their reconstructions, what is decoded after the difference was added "
                "to their codes, and the same sum of pixels."
            ),
        )
        st.caption(
            _(
                "Below the reconstruction: the code of C plus s = {strength:.1f} times A - B (a "
                "step of length {length:.2f} at s = 1), decoded. Last row: the same sum of the "
                "pixels, which only lays transparent pictures over each other."
            ).format(strength=chosen.strength, length=answer.length)
        )
