"""The learner's language: English is in the code, Korean in a gettext catalogue."""

import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st

from aecore.errors import LabError, Sentence
from ui.kit import state

LANGUAGES = {"en": "English", "ko": "한국어"}

_MARKUP = re.compile(r"[][\\<$*`@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What makes Markdown of a text: pictures, addresses, tags, formulas, code and colours."""

_run = threading.local()
"""The language of the run of a page that this thread is at, and its words: a page says some 300
messages, and to ask the session for each of them is a tenth of the time that it takes. A thread
belongs to one session, and a run of a page begins with `choose`."""

LOCALE = Path(__file__).parents[2] / "assets" / "locale"


def choose() -> str:
    """The language of this session: as chosen, else from the link, else the browser's own."""
    chosen = st.session_state.get(state.LANGUAGE)
    if chosen not in LANGUAGES:
        chosen = st.query_params.get(state.LANGUAGE)
    if chosen not in LANGUAGES:
        chosen = (st.context.locale or "en").split("-")[0]
    if chosen not in LANGUAGES:
        chosen = "en"
    st.session_state[state.LANGUAGE] = chosen
    _run.language, _run.words = chosen, words(chosen)
    return chosen


def current() -> str:
    return getattr(_run, "language", "") or st.session_state.get(state.LANGUAGE, "en")


def _(message: str) -> str:
    """The message in the language of this session; itself where there is no translation."""
    known: Mapping[str, str] | None = getattr(_run, "words", None)
    if known is None:
        known = words(current())
    return known.get(message, message)


def words(language: str) -> Mapping[str, str]:
    """Message -> translation; nothing for the language of the code."""
    return {} if language == "en" else catalogue(language)


def say(sentence: Sentence | LabError) -> str:
    """A sentence with its numbers, in the language of this session, as Markdown.

    Texts in it may come from a link or a file: they are shown as they are, never as pictures,
    addresses or formulas.
    """
    return _plain(sentence.sentence if isinstance(sentence, LabError) else sentence).say(_)


def _plain(sentence: Sentence) -> Sentence:
    """The sentence with the texts in it escaped."""
    escaped = {
        name: _plain(value)
        if isinstance(value, Sentence)
        else _MARKUP.sub(r"\\\g<0>", value)
        if isinstance(value, str)
        else value
        for name, value in sentence.params.items()
    }
    return Sentence(sentence.template, **escaped)


def catalogue(language: str) -> Mapping[str, str]:
    """Message -> translation; read again when the file changes."""
    path = LOCALE / language / "LC_MESSAGES" / "lab.po"
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Mapping[str, str]:
    import polib

    entries = polib.pofile(str(path))
    return {e.msgid: e.msgstr for e in entries if e.msgstr and not e.fuzzy and not e.obsolete}
