"""The learner's runs: which there are, how good they are, and what to do with them."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from aecore.engine.run import LONGEST_NAME
from aecore.spec import variants
from aecore.spec.view import RunView
from ui.kit import language, models, own_runs, state
from ui.kit.language import _

OPEN_ON = "my_runs_open_on"
"""Key of the page on which the list of runs is open."""

FOLLOWED = "followed_runs"
"""Session: how the runs at rest stood when the page was drawn."""

TICK_OF_OWN, TICK_OF_OTHERS = 4.0, 1.0
"""Seconds between looks at runs at rest: those that this session started, and those that came with a
link, which whoever passed it on may set going."""


def button(page: str) -> None:
    """Opens the list of runs; there is nothing to list before the first has trained.

    The list stays open until the learner closes it or goes to another page, also while the page is
    drawn anew because a training has ended.
    """
    if st.session_state.get(OPEN_ON) != page:
        st.session_state[OPEN_ON] = None
    n_runs = len(own_runs.own_runs())
    st.button(
        _("My runs ({n})").format(n=n_runs),
        icon=":material/history:",
        disabled=n_runs == 0,
        width="stretch",
        key="my_runs",
        help=_("Rename, keep and delete the models that you have trained."),
        on_click=_open_on,
        args=(page,),
    )
    if st.session_state[OPEN_ON]:
        st.dialog(_("My runs"), width="large", on_dismiss=partial(_open_on, None))(_list)()


def follow(views: Sequence[RunView]) -> None:
    """Draws the page again once one of these runs at rest has been moved elsewhere: in another tab,
    or by another one who has the link."""
    st.session_state[FOLLOWED] = {v.run_id: (False, v.step, v.experiment) for v in views}
    own = all(own_runs.has_started(view.run_id) for view in views)
    tick = TICK_OF_OWN if own else TICK_OF_OTHERS
    st.fragment(_follow, run_every=tick if views else None)()


def _follow() -> None:
    """Draws nothing, and looks at no run: to ask how it stands is enough."""
    client = state.client()
    if any(client.mark(run_id) != then for run_id, then in st.session_state[FOLLOWED].items()):
        state.rerun()


def _open_on(page: str | None) -> None:
    st.session_state[OPEN_ON] = page


def _list() -> None:
    runs = own_runs.own_runs()
    if not runs:
        st.caption(_("No runs any more: train a new one."))
        return
    labels = models.own_labels()
    for view in runs:
        _row(view, labels[view.run_id])
    st.caption(
        _(
            "A kept run stays for a month and is not replaced by newer ones; of the others the newest "
            "{n} stay, for a day. All are there again after a reload, or a restart of the server."
        ).format(n=own_runs.MOST_RUNS)
    )


def _row(view: RunView, label: str) -> None:
    """One run: its name and figures, and what can be done with it; wraps on a phone."""
    client = state.client()
    run_id = view.run_id
    with st.container(horizontal=True, vertical_alignment="center"):
        name_key = f"_name_{run_id}"
        st.text_input(
            _("Name"),
            value=view.name,
            placeholder=label,
            max_chars=LONGEST_NAME,
            label_visibility="collapsed",
            key=name_key,
            width=state.type_wide(220),
            on_change=lambda: own_runs.attempt(
                partial(client.rename, run_id, st.session_state[name_key])
            ),
        )
        st.markdown(_figures(view), width="stretch")
        keep_key = f"_keep_{run_id}"
        st.checkbox(
            _("Keep"),
            value=view.kept,
            key=keep_key,
            on_change=lambda: own_runs.attempt(
                partial(client.keep, run_id, st.session_state[keep_key])
            ),
        )
        st.button(
            _("Delete"),
            icon=":material/delete:",
            key=f"delete_{run_id}",
            on_click=own_runs.delete,
            args=(run_id,),
        )
    for incident in view.incidents:
        st.caption(f":orange[{language.say(incident)}]")


def _figures(view: RunView) -> str:
    """Variant, code size, validation error and time of a run, in a line."""
    return _(
        "{variant} · code size {latent_dim} · validation MSE **{error:.4f}** · {seconds:.1f} s"
    ).format(
        variant=_(variants.get(view.experiment.variant).title),
        latent_dim=view.experiment.latent_dim,
        error=view.val_mse,
        seconds=view.seconds,
    )
