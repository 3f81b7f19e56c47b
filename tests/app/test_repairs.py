"""What is put right in Streamlit still takes hold, and still does what it says."""

from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from tests.app.test_pages import open_page
from ui.kit import repairs


@pytest.fixture
def repaired(monkeypatch):
    """The repairs, around stand-ins that write down what they were asked for."""
    done = []
    monkeypatch.setattr(AppSession, "register_file_watchers", lambda session: done.append(session))
    monkeypatch.setattr(
        Runtime, "_send_message", lambda _runtime, to, text: done.append((to, text))
    )
    repairs.install.__wrapped__()
    return done


def test_streamlit_has_what_is_repaired():
    """If this fails, a newer Streamlit has changed: look whether the repairs are still needed."""
    assert callable(AppSession.register_file_watchers)
    assert callable(Runtime._send_message)
    assert callable(WebsocketSessionManager.get_active_session_info)


@pytest.mark.parametrize(("watcher", "watches"), [("none", False), ("poll", True)])
def test_session_that_comes_back_watches_files_only_if_settings_say_so(repaired, watcher, watches):
    session = SimpleNamespace()
    before = config.get_option("server.fileWatcherType")
    config.set_option("server.fileWatcherType", watcher)
    try:
        AppSession.register_file_watchers(session)
    finally:
        config.set_option("server.fileWatcherType", before)
    assert repaired == ([session] if watches else [])


def _runtime(now):
    """A runtime where that client is connected now, or none."""
    manager = SimpleNamespace(get_active_session_info=lambda _id: now)
    return SimpleNamespace(_session_mgr=manager)


def test_page_goes_to_the_socket_that_the_browser_has_now(repaired):
    old, new = (SimpleNamespace(session=SimpleNamespace(id="s")) for _ in range(2))
    Runtime._send_message(_runtime(new), old, "a page")
    assert repaired == [(new, "a page")]


def test_page_for_a_session_that_is_gone_goes_where_it_would_have_gone(repaired):
    old = SimpleNamespace(session=SimpleNamespace(id="s"))
    Runtime._send_message(_runtime(None), old, "a page")
    Runtime._send_message(SimpleNamespace(), old, "another Streamlit")
    assert repaired == [(old, "a page"), (old, "another Streamlit")]


def test_pages_install_them():
    open_page("glossary")
    for repaired in (AppSession.register_file_watchers, Runtime._send_message):
        assert hasattr(repaired, "__wrapped__")
