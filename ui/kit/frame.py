"""The frame around every page: its configuration, language and navigation.

The first statement of every page is `frame.open_page("key")`.
"""

from functools import lru_cache
from pathlib import Path

import streamlit as st

from ui.kit import (
    browser_storage,
    charts,
    components,
    language,
    models,
    own_runs,
    parts,
    platform_words,
    private_streamlit,
    runs,
    session_link,
    share,
    state,
)
from ui.kit.language import _
from ui.kit.page_list import PAGES
from ui.kit.state import is_dark as is_dark

SIDEBAR_PIXELS = 264

ASSETS = Path(__file__).parents[2] / "assets"

CONTENTS_COLUMNS = 3

ICON = ASSETS / "icon.png"


def open_page(key: str) -> str:
    """Sets up a page: title, language, navigation, and anything there is to tell the learner.

    Returns:
        The id of the model that the page is to show; empty for one that is about no one model.
    """
    private_streamlit.repair()
    _stop_without_app()
    own_runs.look_anew()
    session_link.set_part("")
    parts.keep_settings(key)
    browser_storage.take_over()
    language.choose()
    page = PAGES[key]
    st.set_page_config(
        page_title=f"{_(page.title)} · Autoencoder Lab",
        page_icon=str(ICON),
        layout="wide",
        initial_sidebar_state="collapsed" if state.is_big() else SIDEBAR_PIXELS,
    )
    _style()
    components.mount_manners()
    with st.container(key="browser"):
        browser_storage.mount()
        platform_words.mount()
    with st.sidebar:
        st.markdown("### Autoencoder Lab")
        if key == "train":
            models.run_picker()
            model = ""
        else:
            model = models.picker(page.example) if page.example else ""
        _language_menu()
        runs.button(key)
        _navigation()
        share.type_size()
    with st.container(key="notices"):  # always there, so that nothing below moves in the tree
        for notice in state.take_notices():
            st.warning(language.say(notice), icon=":material/info:")
    share.guidance_line()
    return model


def _stop_without_app() -> None:
    """Says how to start, where a page has been started as if it were the app: it finds no other."""
    script = private_streamlit.main_script()
    if script is not None and Path(script).name != PAGES["home"].file:
        language.choose()
        st.error(_("This is one page of the lab: start the lab with `streamlit run app.py`."))
        st.stop()


def contents() -> None:
    """All pages but the one that lists them, each with what there is to discover."""
    pages, link = [page for page in PAGES.values() if page.about], session_link.link()
    for start in range(0, len(pages), CONTENTS_COLUMNS):
        shown = pages[start : start + CONTENTS_COLUMNS]
        for column, page in zip(st.columns(CONTENTS_COLUMNS), shown, strict=False):
            with column:
                st.page_link(page.file, label=_(page.title), icon=page.icon, query_params=link)
                st.caption(_(page.about))


def close_page() -> None:
    """The last statement of every page: the link in the address bar, and Plotly for its charts."""
    session_link.write_link()
    with st.sidebar:  # here, as only now the run of this page is known
        share.copy_link()
    charts.mount_plotly_runtime()
    own_runs.end_looks()


def _style() -> None:
    """The style sheets that this page needs now, always in the same elements."""
    names = ["frame", "print", *(["large"] if state.is_big() else [])]
    sheets = [f":root {{ --lab-larger: {state.LARGER} }}\n"]
    sheets += [_sheet(ASSETS / f"{name}.css") for name in names]
    st.html(f"<style>{''.join(sheets)}</style>")


@lru_cache
def _sheet(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _navigation() -> None:
    section, link = "", session_link.link()
    with st.container(gap="xxsmall", key="navigation"):  # so that all below it is in sight, too
        for page in PAGES.values():
            if page.section != section:
                section = page.section
                st.caption(_(section))
            st.page_link(page.file, label=_(page.title), icon=page.icon, query_params=link)


def _language_menu() -> None:
    key = state.widget_key(state.LANGUAGE)
    st.session_state[key] = language.current()
    st.segmented_control(
        "Language · 언어",
        list(language.LANGUAGES),
        format_func=language.LANGUAGES.__getitem__,
        key=key,
        required=True,
        on_change=_change_language,
        label_visibility="collapsed",
        wrap=True,
    )


def _change_language() -> None:
    st.session_state[state.LANGUAGE] = st.session_state[state.widget_key(state.LANGUAGE)]
    # The browser knows a choice by its words alone, and would go on telling those of the language
    # before, which mean nothing any more: a value that the app sets is told to it anew.
    # And with another label a panel counts as another one, which would be closed again.
    for key, value in st.session_state.items():
        is_value = isinstance(value, (str, int, float, list, tuple)) and not isinstance(value, bool)
        if is_value or key == state.MORE_SETTINGS:
            st.session_state[key] = value
