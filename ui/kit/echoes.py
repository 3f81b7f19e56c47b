"""Widgets whose value the page sets by itself, and how to tell a learner's choice from an echo.

A browser tells the values of all its widgets with each message, also with that of a timer that draws
a part of the page again. One that it sent before it had drawn what the page has set meanwhile still
has the values from before, and to the server these look like choices of the learner: of the run that
was shown before the new one, of the settings before a preset.
"""

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

SHOWN = "shown_values"
"""Session: widget -> the value that it shows, as far as the server knows."""

SET = "set_values"
"""Session: widget -> the value before the page's last change of it, and when that was."""

LATEST_ECHO = 3.0
"""Seconds after which a value is no echo any more: a page has long been drawn by then."""


def show(key: str, value: Any) -> None:
    """Has a widget show a value. Call it before the widget is drawn."""
    shown: dict[str, Any] = st.session_state.setdefault(SHOWN, {})
    before = shown.get(key, value)
    if before != value:
        st.session_state.setdefault(SET, {})[key] = before, time.monotonic()
    shown[key] = st.session_state[key] = value


def is_echo(key: str, is_known: Callable[[Any], bool] = lambda told: True) -> bool:
    """Whether what a widget tells is no choice: it is what it shows anyway, or what it showed before
    the page set it to something else.

    Call it once, at the beginning of what the widget calls when it has changed.

    Args:
        key: of the widget.
        is_known: whether a menu has such a value. It is told by its words, and these may be of the
            language that was spoken before, or of a run that is gone or has another name by now.
    """
    told = st.session_state[key]
    if not is_known(told):
        return True
    shown: dict[str, Any] = st.session_state.setdefault(SHOWN, {})
    before, when = st.session_state.get(SET, {}).get(key, (None, float("-inf")))
    is_late = told == before and time.monotonic() - when < LATEST_ECHO
    if is_late or (key in shown and told == shown[key]):
        return True
    shown[key] = told
    return False
