"""What is put right in Streamlit takes hold and does what it says; without it, the app works on."""

import logging
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime import scriptrunner
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from tests.app.test_pages import open_page
from ui.kit import private_streamlit

REPAIRED = {"register_file_watchers": AppSession, "_send_message": Runtime}


@pytest.fixture
def unrepaired(monkeypatch):
    """Streamlit as it comes, and as it was again afterwards."""
    for name, owner in REPAIRED.items():
        method = getattr(owner, name)
        monkeypatch.setattr(owner, name, getattr(method, "__wrapped__", method))
    private_streamlit.repair.cache_clear()
    yield
    monkeypatch.undo()
    private_streamlit.repair.cache_clear()


@pytest.fixture
def repaired(unrepaired, monkeypatch):
    """The repairs, around stand-ins that write down what they were asked for."""
    done = []

    def register_file_watchers(self):
        done.append(self)

    def _send_message(self, session_info, msg):
        done.append((session_info, msg))
        return "sent"

    for stand_in in (register_file_watchers, _send_message):
        monkeypatch.setattr(REPAIRED[stand_in.__name__], stand_in.__name__, stand_in)
    private_streamlit.repair()
    return done


def test_streamlit_has_what_is_repaired(unrepaired, caplog):
    """If this fails, a newer Streamlit has changed: look whether the repairs are still needed."""
    private_streamlit.repair()
    assert not caplog.records
    assert all(hasattr(getattr(owner, name), "__wrapped__") for name, owner in REPAIRED.items())
    assert callable(WebsocketSessionManager.get_active_session_info)


@pytest.mark.parametrize(("watcher", "watches"), [("none", False), ("poll", True)])
def test_session_that_comes_back_watches_files_only_if_settings_say_so(repaired, watcher, watches):
    session = SimpleNamespace()
    before = st.get_option("server.fileWatcherType")
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


def _client():
    return SimpleNamespace(session=SimpleNamespace(id="s"))


def test_page_goes_to_the_socket_that_the_browser_has_now(repaired):
    old, new = _client(), _client()
    assert Runtime._send_message(_runtime(new), old, msg="a page") == "sent"
    assert repaired == [(new, "a page")]


@pytest.mark.parametrize(
    "runtime",
    [
        _runtime(None),
        SimpleNamespace(),
        SimpleNamespace(_session_mgr=SimpleNamespace()),
        SimpleNamespace(_session_mgr=SimpleNamespace(get_active_session_info=lambda: None)),
    ],
    ids=["gone", "no manager", "no such question", "another question"],
)
def test_page_goes_where_it_would_have_gone_where_nobody_knows_better(repaired, runtime):
    old = _client()
    Runtime._send_message(runtime, old, "a page")
    Runtime._send_message(runtime, "a client of another kind", "a page")
    assert repaired == [(old, "a page"), ("a client of another kind", "a page")]


def other_parameters(self, session_info, msg, *, priority):
    return (session_info, msg, priority)


async def that_waits(self, session_info, msg):
    return session_info, msg


@pytest.mark.parametrize("other", [other_parameters, that_waits, "no function"])
@pytest.mark.parametrize("name", REPAIRED)
def test_method_that_has_become_another_stays_as_it_is(
    unrepaired, monkeypatch, caplog, name, other
):
    monkeypatch.setattr(REPAIRED[name], name, other)
    private_streamlit.repair()
    assert getattr(REPAIRED[name], name) is other
    assert [name in record.getMessage() for record in caplog.records] == [True]


def test_pages_install_the_repairs(unrepaired):
    open_page("glossary")
    for name, owner in REPAIRED.items():
        assert hasattr(getattr(owner, name), "__wrapped__")


def test_page_opens_where_streamlit_has_none_of_it(unrepaired, monkeypatch, caplog):
    for name, owner in REPAIRED.items():
        monkeypatch.delattr(owner, name)
    monkeypatch.delattr(scriptrunner, "get_script_run_ctx")
    app = open_page("glossary")
    assert not app.exception
    assert app.title
    warned = {record.name for record in caplog.records if record.levelno >= logging.WARNING}
    assert "ui.kit.private_streamlit" in warned


def test_page_opens_where_streamlit_has_moved_it(unrepaired, monkeypatch):
    monkeypatch.setattr(private_streamlit, "_inside", lambda path: None)
    assert not open_page("glossary").exception
    assert private_streamlit.main_script() is None


@pytest.mark.parametrize("context", [None, SimpleNamespace(), SimpleNamespace(main_script_path=3)])
def test_file_that_streamlit_was_started_with_may_be_unknown(monkeypatch, context):
    monkeypatch.setattr(private_streamlit, "_inside", lambda path: lambda: context)
    assert private_streamlit.main_script() is None


def test_names_that_are_nowhere_in_streamlit_are_nothing():
    for path in ("streamlit.nowhere:Thing", "streamlit.runtime.runtime:Nothing"):
        assert private_streamlit._inside(path) is None
