"""The pitfalls page: one click makes the mistake, another cures it, and both are measured."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aecore.data import datasets
from aecore.engine.job import Job
from aecore.engine.jobs import Name
from aecore.errors import N_
from aecore.parts.datasets import BUNDLED, DATASETS, DIGIT
from aecore.spec.view import Viewed
from aecore.topics.pitfalls import PITFALLS, Pitfall, Trial
from aecore.topics.pitfalls import figures as figures
from ui.kit import background, charts, components, layout, session_link, state
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.pitfalls.trials import Seen

WRONG, CURED = "wrong", "cured"

GREY = 128
"""Stands where nothing has been tried yet."""

HELP = N_(
    "Here you make each mistake for real, and then fix it: a small network is trained on "
    "the {n:,} bundled digits in both ways. Seeds are fixed, so everybody sees the same "
    "numbers on the same machine."
)


def lab() -> None:
    """The list of pitfalls on the left, the chosen one on the right."""
    settings, results = layout.beside("pitfalls")
    with settings:
        key = st.radio(
            _("Pitfall"),
            list(PITFALLS),
            format_func=lambda k: _(PITFALLS[k].title),
            key="_pitfall",
            help=_(HELP).format(n=datasets.DATASETS[datasets.BUNDLED].n_train),
        )
    with results:
        pitfall = PITFALLS[key]
        st.markdown(
            _("**What you see.** {seen}").format(seen=_(pitfall.seen))
            + "\n\n"
            + _("**Why.** {why}").format(why=_(pitfall.why))
            + "\n\n"
            + _("**Cure.** {remedy}").format(remedy=_(pitfall.remedy))
        )
        background.watching(_trials, _name(key, WRONG), _name(key, CURED))(key)


def _trials(key: str) -> None:
    """Buttons, how far it is, pictures, curves, and what was measured."""
    pitfall = PITFALLS[key]
    with st.container(horizontal=True):
        _button(pitfall, WRONG, _("Show me"), ":material/warning:")
        _button(pitfall, CURED, _("Cure"), ":material/healing:")
        _open_on_train(pitfall)
    wrong, cured = _seen(pitfall, WRONG), _seen(pitfall, CURED)
    background.progress(*_far(pitfall))
    _pictures(wrong, cured)
    measured, chart = st.columns([1, 1.4] if pitfall.wrong.experiment else [2, 1], gap="medium")
    with measured:
        for name, trial, seen in (
            (_("with the mistake"), pitfall.wrong, wrong),
            (_("cured"), pitfall.cured, cured),
        ):
            st.markdown(f"**{name}**: {_measured(trial, seen)}")
    with chart, st.container(key="pitfall_chart"):
        if pitfall.wrong.experiment is not None:
            _chart(pitfall.wrong.experiment.epochs, wrong, cured)


def _button(pitfall: Pitfall, which: str, label: str, icon: str) -> None:
    st.button(
        label,
        key=f"pitfall_{which}",
        type="primary" if which == WRONG else "secondary",
        icon=icon,
        disabled=background.is_working(_name(pitfall.key, which)),
        on_click=_start,
        args=(pitfall.key, which),
    )


def _open_on_train(pitfall: Pitfall) -> None:
    """The mistake's settings on the page Train, where there are such settings."""
    if (
        st.button(
            _("Open the mistake on Train"),
            key="pitfall_train",
            icon=":material/tune:",
            disabled=not pitfall.settings,
            help=_("Only mistakes that are settings of the lab can be opened there."),
        )
        and pitfall.wrong.experiment is not None
    ):
        state.set_experiment(pitfall.wrong.experiment)
        st.switch_page("pages/train.py", query_params=session_link.link())


def _name(key: str, which: str) -> Name:
    """The job that makes a mistake, or cures it."""
    return "pitfalls", key, which


def _start(key: str, which: str) -> None:
    from aecore.topics.pitfalls import trials  # imports torch: not before it is needed

    trial = PITFALLS[key].wrong if which == WRONG else PITFALLS[key].cured
    job = Job(partial(trials.steps, trial), owner=state.owner(), keeps=1)
    background.start(_name(key, which), job)


def _seen(pitfall: Pitfall, which: str) -> "Seen | None":
    """The newest there is to see of a trial."""
    job = background.job(_name(pitfall.key, which))
    found: Seen | None = None if job is None else job.newest
    return found


def _far(pitfall: Pitfall) -> "tuple[Job[Seen] | None, str]":
    """The trial under way, or one that failed, and what to say of it; else the next step."""
    for which, name in ((WRONG, _("with the mistake")), (CURED, _("cured"))):
        job = background.job(_name(pitfall.key, which))
        if job is not None and (job.error is not None or not job.over):
            seen = _seen(pitfall, which)
            epoch, epochs = (len(seen.curve) - 1, seen.epochs) if seen else (0, 1)
            text = _("Training, {which}: epoch {epoch} of {epochs}").format(
                which=name, epoch=epoch, epochs=epochs
            )
            return job, text
    return None, _next_step(pitfall)


def _next_step(pitfall: Pitfall) -> str:
    tried = [background.job(_name(pitfall.key, which)) is not None for which in (WRONG, CURED)]
    if all(tried):
        return _("Both are done: compare them below.")
    if tried[0]:
        return _("That was the mistake. Press ‘Cure’ to fix it.")
    if tried[1]:
        return _("That was the cure. Press ‘Show me’ to make the mistake.")
    return _("Press ‘Show me’ to make the mistake, and ‘Cure’ to fix it: a few seconds each.")


def _measured(trial: Trial, seen: "Seen | None") -> str:
    """The sentence of a trial with its figures, once it has them."""
    if seen is None:
        return _("not tried yet")
    if not seen.figures:
        return "…"
    return _(trial.measured).format(**seen.figures)


def _pictures(wrong: "Seen | None", cured: "Seen | None") -> None:
    """Original, (noisy), and what both make of it; grey where nothing has been tried yet."""
    digits = DATASETS[BUNDLED]
    blank = np.full((len(digits.classes), *digits.shape.seen), GREY, np.uint8)
    either = wrong or cured
    rows = [components.Row(_("original"), _originals() if either is None else either.originals)]
    if either is not None and either.x_input is not None:
        rows.append(components.Row(_("noisy"), either.x_input))
    if either is not None and either.other is not None:
        rows.append(components.Row(_("model A"), either.x_hat))
        rows.append(components.Row(_("model B"), either.other))
    else:
        rows.append(components.Row(_("with the mistake"), blank if wrong is None else wrong.x_hat))
        rows.append(components.Row(_("cured"), blank if cured is None else cured.x_hat))
    components.sample_rows(
        rows,
        shape=DIGIT,
        key="pitfall",
        alt=_(
            "A test picture of each class, and below it its reconstruction with the mistake "
            "and after the cure."
        ),
    )


@st.cache_data(show_spinner=False)
def _originals() -> Viewed:
    from aecore.topics.pitfalls import trials  # imports torch: not before the page is up

    return trials.originals()


def _chart(epochs: int, wrong: "Seen | None", cured: "Seen | None") -> None:
    figures_known = [seen.figures for seen in (wrong, cured) if seen and "mean" in seen.figures]
    charts.live_plot(
        figures.curves(
            wrong.curve if wrong else (),
            cured.curve if cured else (),
            figures_known[0]["mean"] if figures_known else None,
            epochs=epochs,
            dark=is_dark(),
            _=_,
        ),
        key="pitfall_curves",
        height=280,
        alt=_("Validation error over the epochs, with the mistake and cured."),
    )
