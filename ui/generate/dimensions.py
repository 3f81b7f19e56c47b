"""What each number of the code does to the sample, and how much it carries."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aecore.topics.generate import figures as figures
from ui.generate.answers import Viewed
from ui.kit import charts, components, layout, models
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.generate.ask import Traversal

GENERATE_START = "generate_start"
"""Session key: which test digit of a class a walk starts from."""

PER_PAGE = 8
MEAN = -1
"""Stands among the classes for the mean code."""

MOST_NAMED = 12


@st.fragment
def traversal(seen: Viewed) -> None:
    """One row for each of the most informative numbers, walked from -3 to 3 sigma."""
    st.subheader(_("Walk along each number of the code"))
    settings, results = layout.beside("dimensions")
    with settings:
        index = _start(seen)
        dims = _page(seen)
    with results, st.spinner(_("Running the model …")):
        from aecore.topics.generate import ask as generation

        answer = models.ask(seen.model, generation.traversal, dims, index)
        _rows(seen, dims, answer)
    with settings, st.container(width=150):
        components.sample_rows(
            [components.Row(_("start, decoded"), answer.start)],
            shape=seen.shape,
            key="generate_start_picture",
            alt=_("What is decoded from the code that the walks start from."),
        )


def _start(seen: Viewed) -> int | None:
    """The test sample to start from; None for the mean code."""
    labels = seen.codes.labels

    def called(c: int) -> str:
        if c == MEAN:
            return _("the mean code")
        return seen.class_names[c] if seen.class_names else _("a test sample")

    chosen = st.selectbox(
        _("Start from"),
        [MEAN, *np.unique(labels).tolist()],
        format_func=called,
        key=f"_generate_start_{len(seen.class_names)}",
        help=_("The other numbers of the code stay as they are there while one is moved."),
    )
    which = st.session_state.setdefault(GENERATE_START, 0)
    st.button(
        _("Another one"),
        icon=":material/casino:",
        key="generate_another",
        disabled=chosen == MEAN,
        on_click=_another,
    )
    if chosen == MEAN:
        return None
    candidates = np.flatnonzero(labels == chosen)
    return int(candidates[which % len(candidates)])


def _another() -> None:
    st.session_state[GENERATE_START] += 1


def _page(seen: Viewed) -> tuple[int, ...]:
    """The numbers that are walked along: the most informative ones first."""
    order = seen.codes.order
    start = 0
    if len(order) > PER_PAGE:
        start = st.selectbox(
            _("Numbers of the code, most informative first"),
            range(0, len(order), PER_PAGE),
            format_func=lambda s: _("{first} to {last} of {n}").format(
                first=s + 1, last=min(s + PER_PAGE, len(order)), n=len(order)
            ),
            key=f"_generate_page_{len(order)}",
        )
    return tuple(int(dim) for dim in order[start : start + PER_PAGE])


def _rows(seen: Viewed, dims: tuple[int, ...], answer: "Traversal") -> None:
    captions = [f"{t:+.1f} σ" for t in np.linspace(-3, 3, answer.rows.shape[1])]
    components.sample_rows(
        [
            components.Row(_measure(seen, dim), row, captions if dim == dims[-1] else None)
            for dim, row in zip(dims, answer.rows, strict=True)
        ],
        shape=seen.shape,
        key="generate_traversal",
        alt=_("One row for each number of the code, decoded while only that number is moved."),
    )
    if seen.is_gaussian:
        text = _(
            "Each number is set to -3, -2.5, … 3: 3 standard deviations (σ) of the prior N(0, 1) "
            "to either side. A row in which nothing changes belongs to a number that the decoder "
            "ignores."
        )
    else:
        text = _(
            "Each number is set to its mean over the test samples, minus 3 to plus 3 of its standard "
            "deviations (σ). Towards the ends the decoder sees codes that no sample has."
        )
    st.caption(text)


def _measure(seen: Viewed, dim: int) -> str:
    """The number's name and what it carries."""
    name = figures.name(dim)
    if seen.codes.kl is not None:
        return _("{name}: {kl:.2f} nats").format(name=name, kl=seen.codes.kl[dim])
    return _("{name}: variance {value:.3g}").format(name=name, value=seen.codes.variance[dim])


@st.fragment
def bars(seen: Viewed) -> None:
    """KL divergence, or variance, of each number of the code."""
    codes = seen.codes
    st.subheader(_("How much each number carries"))
    if codes.kl is not None:
        st.markdown(
            _(
                "**KL divergence** of each number from the prior, mean over the test samples: "
                "{total:.1f} nats in all. {collapsed}"
            ).format(total=codes.kl.sum(), collapsed=_collapsed(seen)),
            help=_(
                "How far the encoder's distribution for a sample, N(μ, σ²), is from N(0, "
                "1). More means that the number carries more information about the "
                "sample; at 0 the encoder gives the same distribution for all of them, so "
                "the number carries none. 1 nat is 1.44 bits. Below 0.01 nats a number "
                "counts as collapsed."
            ),
        )
    else:
        st.markdown(
            _(
                "This code is a plain list of numbers, without a prior, so there is no KL "
                "divergence. Shown instead: the **variance** of each number from one test sample "
                "to the next."
            )
        )
    unit = _("variance") if codes.kl is None else _("KL divergence (nats)")
    figure = charts.drawn(
        figures.per_dimension,
        codes.variance if codes.kl is None else codes.kl,
        codes.order,
        codes.collapsed,
        unit=unit,
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="generate_bars", alt=unit, height=240)
    n = len(codes.order)
    if n > figures.MOST_BARS:
        st.caption(_("The {m} largest of {n}.").format(m=figures.MOST_BARS, n=n))


def _collapsed(seen: Viewed) -> str:
    """Which numbers carry nothing."""
    found = np.flatnonzero(seen.codes.collapsed)
    if not len(found):
        return _("No number has collapsed.")
    names = ", ".join(figures.name(int(dim)) for dim in found[:MOST_NAMED])
    return _("Collapsed, {count} of {n}: {names}. The decoder ignores them.").format(
        count=len(found),
        n=len(seen.codes.collapsed),
        names=f"{names} …" if len(found) > MOST_NAMED else names,
    )
