"""Passing a session on: the link to it, what a teacher's link says, and large type."""

from urllib.parse import quote, urlencode

import streamlit as st

from aecore.topics.challenges import CHALLENGES
from ui.kit import components, session_link, state
from ui.kit.language import _


def address(query: dict[str, str], page: str | None = None) -> str:
    """The whole link.

    Args:
        query: its parameters.
        page: the page's part of the path, empty for the home page; None for the page on show.
    """
    url = (st.context.url or "").rstrip("/")
    if page is not None:  # instead of the page that asks, which is never the home page
        url = f"{url.rpartition('/')[0]}/{page}"
    return f"{url}?{urlencode(query, quote_via=quote, safe=',')}"


def copy_link() -> None:
    """The link to what is on show, to be copied."""
    with st.popover(_("Copy link"), icon=":material/link:", width="stretch", key="copy_link"):
        st.caption(
            _(
                "This page with its settings, language and models, for elsewhere. Runs "
                "live on this server only; on another one Play starts the same training "
                "again."
            )
        )
        components.copy_text(address(session_link.page_link()), key="link_to_copy")


def type_size() -> None:
    """Switches to large type and back."""
    key = state.widget_key(state.BIG)
    st.session_state[key] = state.is_big()
    st.toggle(
        _("Large type"),
        key=key,
        on_change=lambda: state.set_big(st.session_state[key]),
        help=_("For a projector."),
    )


def guidance_line() -> None:
    """What a teacher's link asks and fixes, and the way out of it."""
    guidance = state.guidance()
    with st.container(key="guidance"):  # always there, so that nothing below moves in the tree
        if not guidance:
            return
        with st.container(border=not state.is_big(), horizontal=True, vertical_alignment="center"):
            if guidance.challenge:
                question = _(CHALLENGES[guidance.challenge].question)
                st.markdown(f":material/flag: **{question}**", width="content")
            if guidance.task:
                # Plain text: it comes from whoever made the link.
                st.text(guidance.task, width="content")
            if guidance.locked or guidance.hidden:
                st.caption(_("Some settings are fixed by the link."), width="content")
            st.button(
                _("Open without the fixed settings")
                if guidance.locked or guidance.hidden
                else _("Close"),
                key="release",
                type="tertiary",
                icon=":material/lock_open:" if guidance.locked else ":material/close:",
                on_click=state.release,
            )
