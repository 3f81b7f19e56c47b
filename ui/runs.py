"""The learner's runs: which there are, how good they are, and what to do with them."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from aecore import variants
from aecore.errors import RunError
from aecore.view import RunView
from ui import models, state
from ui.language import _

COLUMNS = [3, 2.2, 1, 1.4, 1.1, 0.8, 0.8]


def button() -> None:
    """Opens the list of runs; there is nothing to list before the first has trained."""
    n_runs = len(state.own_runs())
    if st.button(
        _("My runs ({n})").format(n=n_runs),
        icon=":material/history:",
        disabled=n_runs == 0,
        width="stretch",
        key="my_runs",
        help=_("Rename, keep and delete the models that you have trained."),
    ):
        st.dialog(_("My runs"), width="large", on_dismiss="rerun")(_list)()


def _list() -> None:
    runs = state.own_runs()
    if not runs:
        st.caption(_("No runs any more: train a new one."))
        return
    titles = [_("name"), _("variant"), _("code size"), _("test MSE"), _("time"), _("keep"), ""]
    for column, title in zip(st.columns(COLUMNS), titles, strict=True):
        column.caption(title)
    for view in runs:
        _row(view)
    st.caption(
        _(
            "A kept run stays in the list after a reload and is not replaced by newer ones; of the "
            "others the newest {n} stay. Runs live in the server's memory."
        ).format(n=state.MOST_RUNS)
    )


def _row(view: RunView) -> None:
    client = state.client()
    run_id = view.run_id
    name, variant, code, error, seconds, keep, delete = st.columns(
        COLUMNS, vertical_alignment="center"
    )
    name_key = f"_name_{run_id}"
    name.text_input(
        _("name"),
        value=view.name,
        placeholder=models.run_label(view),
        max_chars=40,
        label_visibility="collapsed",
        key=name_key,
        on_change=lambda: _change(partial(client.rename, run_id, st.session_state[name_key])),
    )
    variant.markdown(_(variants.get(view.experiment.variant).title))
    code.markdown(f"{view.experiment.latent_dim}")
    error.markdown("" if view.test_mse is None else f"{view.test_mse:.4f}")
    seconds.markdown(_("{seconds:.1f} s").format(seconds=view.seconds))
    keep_key = f"_keep_{run_id}"
    keep.checkbox(
        _("keep"),
        value=view.kept,
        label_visibility="collapsed",
        key=keep_key,
        on_change=lambda: _change(partial(client.keep, run_id, st.session_state[keep_key])),
    )
    delete.button(
        "",
        icon=":material/delete:",
        key=f"delete_{run_id}",
        help=_("Deletes this run at once."),
        on_click=_delete,
        args=(run_id,),
    )


def _change(command: Callable[[], None]) -> None:
    """Does something to a run that may have been deleted in another tab meanwhile."""
    try:
        command()
    except RunError as error:
        state.notify(error)


def _delete(run_id: str) -> None:
    if state.chosen_model() == run_id:
        state.set_model(None)
    if state.run_id() == run_id:
        state.set_run(None)
    state.client().delete(run_id)
