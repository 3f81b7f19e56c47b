"""What Streamlit gets wrong and a classroom cannot live with, put right from outside.

Each repair says what is wrong, in which version it was seen, and what it costs. Where Streamlit has
changed so that there is nothing to take hold of any more, it does nothing.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from streamlit import config
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime


@cache
def install() -> None:
    """Installs all repairs, once for the process."""
    _replace(AppSession, "register_file_watchers", _watch_only_if_asked)
    _replace(Runtime, "_send_message", _send_to_who_is_there_now)


def _watch_only_if_asked(watch: Callable[..., None], session: AppSession) -> None:
    """Streamlit 1.67 watches no source files where the settings say so, but for a session that comes
    back after a gap of the network, it does.

    After that session's pages it then looks at the files of all modules, on the thread that serves
    everybody: 2 to 3 seconds with torch loaded, in which no learner gets an answer.
    """
    if config.get_option("server.fileWatcherType") != "none":
        watch(session)


def _send_to_who_is_there_now(
    send: Callable[..., None], runtime: Runtime, to: Any, message: Any
) -> None:
    """Streamlit 1.67 goes through a list of sessions and sends what each has for its browser. By the
    time it comes to one, that browser may have lost its socket and be there again on another.

    The page that it has asked for then goes to the old socket, and nothing is drawn until the next
    click. With thirty learners, one gap of the network in ten ended so.
    """
    sessions = getattr(runtime, "_session_mgr", None)
    now = sessions.get_active_session_info(to.session.id) if sessions is not None else None
    send(runtime, now or to, message)


def _replace(owner: type, name: str, repaired: Callable[..., None]) -> None:
    """Has `repaired(method, *args)` called in place of a method, if there is such a one."""
    method = getattr(owner, name, None)
    if method is None:
        return

    @wraps(method)
    def call(*args: Any) -> None:
        repaired(method, *args)

    setattr(owner, name, call)
