"""What the app does inside Streamlit, where nothing is promised: with a way back for each.

Most of it puts right what Streamlit gets wrong and a classroom cannot live with: each repair says
what is wrong, in which version it was seen, and what it costs. Where Streamlit has changed so that
there is nothing to take hold of any more, the app goes on with what Streamlit does by itself.
"""

import logging
import pkgutil
from collections.abc import Callable
from functools import cache, wraps
from inspect import iscoroutinefunction, signature
from typing import Any

import streamlit as st

_LOG = logging.getLogger(__name__)


@cache
def repair() -> None:
    """Installs all repairs, once for the process."""
    _replace("streamlit.runtime.app_session:AppSession", "register_file_watchers", _watch_if_asked)
    _replace("streamlit.runtime.runtime:Runtime", "_send_message", _send_to_who_is_there_now)


def main_script() -> str | None:
    """The file that Streamlit was started with, as long as it tells."""
    context_of_run = _inside("streamlit.runtime.scriptrunner:get_script_run_ctx")
    try:
        path = context_of_run().main_script_path
    except (AttributeError, TypeError):  # no such function or field, or no run of a script
        return None
    return path if isinstance(path, str) else None


def _watch_if_asked(watch: Callable[..., Any], self: Any) -> Any:
    """Streamlit 1.67 watches no source files where the settings say so, but for a session that comes
    back after a gap of the network, it does.

    After that session's pages it then looks at the files of all modules, on the thread that serves
    everybody: 2 to 3 seconds with torch loaded, in which no learner gets an answer.
    """
    return None if st.get_option("server.fileWatcherType") == "none" else watch(self)


def _send_to_who_is_there_now(
    send: Callable[..., Any], self: Any, session_info: Any, msg: Any
) -> Any:
    """Streamlit 1.67 goes through a list of sessions and sends what each has for its browser. By the
    time it comes to one, that browser may have lost its socket and be there again on another.

    The page that it has asked for then goes to the old socket, and nothing is drawn until the next
    click. With thirty learners, one gap of the network in ten ended so.
    """
    try:
        now = self._session_mgr.get_active_session_info(session_info.session.id)
    except (AttributeError, TypeError):  # sessions are found in another way: as Streamlit does it
        now = None
    return send(self, now or session_info, msg)


def _inside(path: str) -> Any:
    """What stands at module:name in Streamlit; None where a version has it no more."""
    try:
        return pkgutil.resolve_name(path)
    except (ImportError, AttributeError):
        return None


def _replace(owner: str, name: str, repaired: Callable[..., Any]) -> None:
    """Has `repaired(method, ...)` called in place of a method that takes what follows: `...`.

    A method that takes something else, or waits, is another one: it stays as it is.
    """
    found = _inside(owner)
    method = getattr(found, name, None)
    parameters = list(signature(repaired).parameters)[1:]
    if (
        not callable(method)
        or list(signature(method).parameters) != parameters
        or iscoroutinefunction(method)
    ):
        _LOG.warning("Streamlit %s: %s is another; it is left as it is", st.__version__, name)
        return

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        return repaired(method, *args, **kwargs)

    setattr(found, name, call)
