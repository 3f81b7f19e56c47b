"""What a page tells the browser itself: its language, and sentences for those who listen.

The same element keeps what the learner's own browser remembers between visits, of which
`ui.kit.browser_storage` knows what it is.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

import streamlit as st

from aecore.spec.view import RunView
from ui.kit import language
from ui.kit.components import register
from ui.kit.language import _

ELEMENT = "browser"
SAID = "browser_said"

_browser = register("browser")


def mount(part: str, keep: Mapping[str, Any], **wishes: object) -> None:
    """An element without looks, on every page; it takes no room.

    Args:
        part: tells elements apart that stand on one page.
        keep: what the browser shall keep, merged with what it has already; see `browser_storage`.
        wishes: `session` and `ask`, or `forget`; see `browser.js`.
    """
    said = st.session_state.get(SAID) or {"id": "", "text": ""}
    wish = {"part": part, "keep": keep, "lang": language.current(), "say": said, **wishes}
    key = f"{ELEMENT}_{part}"
    _browser(key=key, data=json.dumps(wish).encode(), on_stored_change=lambda: None)


def stored(part: str) -> object:
    """What the browser has told, which may be anything; None as long as it has told nothing."""
    told = st.session_state.get(f"{ELEMENT}_{part}")
    return told.get("stored") if isinstance(told, Mapping) else None


def say(text: str) -> None:
    """Has a sentence read out, once, to those who listen to the page: with its next run."""
    st.session_state[SAID] = {"id": secrets.token_hex(4), "text": text}


def say_ended(view: RunView) -> None:
    """Has it read out that a training has ended, and how."""
    if view.error is not None:
        say(language.say(view.error))
    elif view.ended == "diverged":
        say(_("The training has stopped: its loss has diverged."))
    elif view.val_mse is not None:
        say(
            _(
                "The training has ended at epoch {epoch}: validation MSE per pixel {error:.4f}."
            ).format(epoch=view.epoch, error=view.val_mse)
        )
