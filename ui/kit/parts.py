"""Pages in parts: one is computed and drawn, and the link says which."""

from collections.abc import Mapping

import streamlit as st

from ui.kit import session_link, state
from ui.kit.language import _

_KEPT = "settings of hidden parts"
"""In the session: a page's key, and what is set on it."""


def choose(page: str, parts: Mapping[str, str]) -> str:
    """A row of parts to choose from. Returns the chosen one's key.

    What the link says counts, so that Back, a bookmark, a lesson and another page lead to the part;
    without a word in it the first part is shown.

    Args:
        page: the page's key.
        parts: key, as in the link -> title, in the language of the code.
    """
    asked = st.query_params.get(state.PART, "")
    shown = asked if asked in parts else next(iter(parts))
    key = f"_part_{page}"
    st.session_state[key] = shown
    st.segmented_control(
        _("Part of the page"),
        list(parts),
        format_func=lambda part: _(parts[part]),
        key=key,
        required=True,
        on_change=_turn_to,
        args=(key,),
        label_visibility="collapsed",
        width="stretch",
        wrap=True,
    )
    session_link.set_part(shown if shown != next(iter(parts)) else "")
    return shown


def keep_settings(page: str) -> None:
    """Keeps what is set in the parts that are not shown now: else Streamlit forgets it.

    Call it before any widget of the page is drawn. Settings have keys that begin with `_` and the
    page's key; what is pressed has not, for Streamlit lets nobody set a button.
    """
    last_page, kept = st.session_state.get(_KEPT, ("", {}))
    if last_page == page:
        for key in kept.keys() - st.session_state.keys():
            # Only these: a setting that is put in place anew overrules what the learner does meanwhile.
            st.session_state[key] = kept[key]
    settings = {k: v for k, v in st.session_state.items() if str(k).startswith(f"_{page}_")}
    st.session_state[_KEPT] = (page, settings)


def _turn_to(key: str) -> None:
    st.query_params[state.PART] = st.session_state[key]
