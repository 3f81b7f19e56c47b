"""One browser tab: Streamlit's websocket protocol, as its JavaScript speaks it (1.67).

What the browser does and this does as well: it reports the state of every widget on show with each
rerun, answers messages from its cache, repeats the fragments that ask for it, follows the query
string that the app writes, and fetches the pictures that the page shows.
"""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Navigation_pb2 import Navigation
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from benchmarks.sessions import fetch, upload
from benchmarks.sessions.answers import PATIENCE, Answers
from benchmarks.sessions.log import Log
from benchmarks.sessions.memory import Messages, Shelf
from benchmarks.sessions.widgets import Widget, widget_key

BACK_AFTER = 0.375
"""Seconds until the browser looks for a server that it has lost: between 0.25 and 0.5, by chance."""

LOOKS = 10.0
"""Seconds that somebody looks for what a click should have brought."""


class Tab:
    """A tab on one page of the app; open it with `Tab.open`.

    Attributes:
        page: the page's part of the path, empty for the home page.
        query: the query string in the address bar.
        links: the query strings of the page's links, by the hash of the page that they lead to.
        session_id: Streamlit's name of the session, for `reconnect`.
    """

    def __init__(self, url: str, log: Log) -> None:
        parts = urlsplit(url)
        if parts.hostname != "127.0.0.1" or parts.port is None:
            raise ValueError(f"sessions visit servers of this machine only, not {url}")
        self.url, self.log = url, log
        self.page = self.query = self.session_id = ""
        self.links: dict[str, str] = {}
        self._port = parts.port
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._tickers: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._messages, self._shelf = Messages(), Shelf()
        self._pages: dict[str, str] = {}
        self._page_hash = ""
        self._fetched: set[str] = set()
        self._fragments: list[str] = []  # of the run that is under way; none for the whole page
        self._answers = Answers(log)
        self._places: asyncio.Queue[FileURLs] = asyncio.Queue()  # where files may go

    @classmethod
    async def open(cls, url: str, page: str, query: str, log: Log) -> Self:
        """A new tab at an address of the app; returns once the page stands."""
        tab = cls(url, log)
        tab.page, tab.query = page, query
        await tab._fetch(f"/{page}")
        await tab._connect("")
        await tab._rerun()
        return tab

    async def reconnect(self) -> None:
        """As after a network that was gone for a moment: the same session, on a new socket."""
        self._drop()
        await asyncio.sleep(BACK_AFTER)
        await self._fetch("/_stcore/health")
        await self._fetch("/_stcore/host-config")
        await self._connect(self.session_id)
        await self._rerun()

    async def close(self) -> None:
        """Closes the tab as a browser does."""
        self._end_tasks()
        if self._socket is not None:
            await self._socket.close()

    def abandon(self) -> None:
        """The tab is gone without a word: its machine was switched off."""
        self._drop()

    @property
    def widgets(self) -> list[Widget]:
        """What there is to use on the page."""
        return list(self._shelf.widgets.values())

    @property
    def is_connected(self) -> bool:
        return self._reader is not None and not self._reader.done()

    async def use(self, state: WidgetState, fragment_id: str = "") -> None:
        """Sends what a learner did to a widget, and waits for the answer."""
        is_trigger = state.WhichOneof("value") in ("trigger_value", "json_trigger_value")
        if not is_trigger:
            self._shelf.set(state)
        extra = [state] if is_trigger else []
        if fragment_id:
            self._answers.ask_part(fragment_id)
            self._send(fragment_id, extra)
            await self._answers.part(self.page, fragment_id)
        else:
            await self._rerun(extra, asked=widget_key(state.id))

    async def upload(self, widget: Widget, name: str, data: bytes) -> None:
        """Gives a file to the page, and waits for the answer."""
        if self._socket is None or not self.is_connected:
            return
        await self._deliver(self._socket, upload.wish(name, self.session_id).SerializeToString())
        try:
            place = await asyncio.wait_for(self._places.get(), PATIENCE)
            status = await upload.put(self._port, place, name, data)
        except (OSError, TimeoutError) as error:
            self.log.error(self.page, f"a file could not be uploaded: {error!r}")
            return
        self.log.counts[f"HTTP {status}"] += 1
        if status >= 400:
            self.log.error(self.page, f"an upload gave HTTP {status}")
        await self.use(upload.state(widget.id, place, name, len(data)), widget.fragment_id)

    async def again(self) -> None:
        """Has the page drawn again as it is, as after the key R."""
        await self._rerun()

    def links_to(self, page: str) -> bool:
        """Whether a link to that page is on show; there is none before the page has been drawn."""
        return any(name == page and key in self.links for key, name in self._pages.items())

    async def follow(self, page: str) -> None:
        """A click on a link of the page to another page of the app.

        Raises:
            KeyError: no such link here.
        """
        page_hash = next(key for key, name in self._pages.items() if name == page)
        query = self.links[page_hash]
        self._stop_ticking()
        self._shelf.clear_states()
        self.query = query
        await self._rerun(page_hash=page_hash)

    def named(self, key: str) -> Widget | None:
        """The widget to which the app gave this key, if it is on show."""
        return next((w for w in self.widgets if w.key == key), None)

    async def look_for(self, beginning: str) -> list[Widget]:
        """The widgets whose keys begin so, once there are any; none if none come for a while.

        What opens them may be answered by a page that was drawn anew for a reason of its own, just
        before: a run that has become ready, say.
        """
        deadline = time.monotonic() + LOOKS
        found: list[Widget] = []
        while not found and time.monotonic() < deadline:
            found = [widget for widget in self.widgets if widget.key.startswith(beginning)]
            await asyncio.sleep(0.05)
        return found

    # ---- what is sent

    async def _connect(self, session_id: str) -> None:
        protocols = ["streamlit", "PLACEHOLDER_AUTH_TOKEN", *([session_id] if session_id else [])]
        self._socket = await connect(
            f"ws://127.0.0.1:{self._port}/_stcore/stream",
            origin=self.url,  # type: ignore[arg-type]
            subprotocols=[Subprotocol(name) for name in protocols],
            max_size=None,
            open_timeout=PATIENCE,
            ping_timeout=PATIENCE,
        )
        self._reader = self._start(self._read(self._socket))

    async def _rerun(
        self, extra: Sequence[WidgetState] = (), page_hash: str = "", asked: str = "opening it"
    ) -> None:
        """Has the whole page drawn again, and waits for it."""
        self._answers.ask_page(page_hash)
        self._send("", extra, page_hash)
        await self._answers.page(self.page, asked)

    def _send(
        self,
        fragment_id: str,
        extra: Sequence[WidgetState] = (),
        page_hash: str = "",
        *,
        is_tick: bool = False,
    ) -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = self.query
        rerun.page_script_hash = page_hash or self._page_hash
        if not rerun.page_script_hash:
            rerun.page_name = self.page
        rerun.fragment_id = fragment_id
        rerun.is_auto_rerun = is_tick
        rerun.cached_message_hashes.extend(self._messages.hashes())
        rerun.widget_states.widgets.extend([*self._shelf.states(), *extra])
        rerun.context_info.url = f"{self.url}/{self.page}"
        rerun.context_info.timezone = "Asia/Seoul"
        rerun.context_info.color_scheme = "light"
        if self._socket is None or not self.is_connected:
            self._answers.give_up()
        else:
            self._start(self._deliver(self._socket, message.SerializeToString()))

    async def _deliver(self, socket: ClientConnection, data: bytes) -> None:
        try:
            await socket.send(data)
        except ConnectionClosed:
            self.log.counts["messages to a socket that was just closed"] += 1

    async def _tick(self, fragment_id: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            self._answers.ask_part(fragment_id)
            self._send(fragment_id, is_tick=True)

    async def _fetch(self, path: str) -> None:
        try:
            status = await fetch.get(self._port, path)
        except OSError as error:
            self.log.error(self.page, f"{path} could not be fetched: {error}")
            return
        self.log.counts[f"HTTP {status}"] += 1
        if status >= 500:
            self.log.error(self.page, f"{path} gave HTTP {status}")

    # ---- what comes

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                if isinstance(data, bytes):
                    self._take(ForwardMsg.FromString(data))
        except ConnectionClosed as error:
            self.log.error(self.page, f"the socket was dropped: {error}")
            self._answers.give_up()

    def _take(self, received: ForwardMsg) -> None:
        message = self._messages.whole(received)
        if message is None:
            self.log.error(self.page, "the server refers to a message that was never sent")
            return
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._take_delta(message.delta)
        elif kind == "new_session":
            self._begin(message.new_session, list(message.metadata.run.fragment_ids))
        elif kind == "navigation":
            self._name_pages(message.navigation)
        elif kind == "script_finished":
            self._finish(message.script_finished)
        elif kind == "auto_rerun":
            self._start_ticking(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment_id in message.stop_auto_rerun.fragment_ids:
                self._stop_ticking(fragment_id)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "file_urls_response":
            self._places.put_nowait(message.file_urls_response.file_urls[0])
        elif kind == "page_not_found":
            self.log.error(self.page, f"page not found: {message.page_not_found.page_name!r}")
        elif kind == "session_event" and message.session_event.HasField(
            "script_compilation_exception"
        ):
            self.log.error(self.page, "the script does not compile")

    def _begin(self, new: NewSession, fragments: list[str]) -> None:
        if fragments:
            self._end_overtaken()
        self._fragments = fragments
        self._shelf.begin_run()
        if new.HasField("initialize"):
            self.session_id = new.initialize.session_id or self.session_id
        if fragments:
            return
        self._stop_ticking()
        self._answers.page_begins(new.page_script_hash)
        if new.config.max_cached_message_age:
            self._messages.oldest_age = new.config.max_cached_message_age
        self.links = {}

    def _end_overtaken(self) -> None:
        """What was being drawn when a part's turn comes is complete, though nothing says so.

        Parts never interrupt. But where they begin before the messages of the run before have left
        the server, Streamlit takes the one out that says that this run has finished.
        """
        if self._fragments:
            for fragment_id in self._fragments:
                self._answers.part_done(self.page, fragment_id)
        elif self._answers.is_answering:
            self._answers.page_done(self.page)

    def _name_pages(self, told: Navigation) -> None:
        self._pages = {
            page.page_script_hash: "" if page.is_default else page.url_pathname
            for page in told.app_pages
        }
        self._page_hash = told.page_script_hash
        self.page = self._pages[told.page_script_hash]

    def _finish(self, status: "ForwardMsg.ScriptFinishedStatus.ValueType") -> None:
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.log.error(self.page, "the script failed to compile")
        if status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            for fragment_id in self._fragments:
                self._shelf.end_run(fragment_id)
                self._answers.part_done(self.page, fragment_id)
        elif status == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._shelf.end_run("")
            self._messages.count_run()
            self._answers.page_done(self.page)

    def _take_delta(self, delta: Delta) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            shown = element.exception
            self.log.error(self.page, f"exception on the page: {shown.type}: {shown.message}")
        elif kind == "page_link" and element.page_link.page_script_hash:
            self.links[element.page_link.page_script_hash] = element.page_link.query_string
        elif kind == "imgs":
            for picture in element.imgs.imgs:
                self._show_picture(picture.url)
        self._shelf.show(element, delta.fragment_id)

    def _show_picture(self, url: str) -> None:
        if url.startswith("/media/") and url not in self._fetched:
            self._fetched.add(url)
            self._start(self._fetch(url))

    # ---- tasks

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _start_ticking(self, fragment_id: str, interval: float) -> None:
        if fragment_id in self._tickers and self._tickers[fragment_id][0] == interval:
            return
        self._stop_ticking(fragment_id)
        self._tickers[fragment_id] = (interval, self._start(self._tick(fragment_id, interval)))

    def _stop_ticking(self, fragment_id: str = "") -> None:
        """Ends the repetition of one fragment, or of all."""
        for name in [fragment_id] if fragment_id else list(self._tickers):
            if name in self._tickers:
                self._tickers.pop(name)[1].cancel()

    def _end_tasks(self) -> None:
        self._tickers.clear()
        for task in list(self._tasks):
            task.cancel()

    def _drop(self) -> None:
        self._end_tasks()
        if self._socket is not None:
            self._socket.transport.abort()
        self._answers.give_up()
