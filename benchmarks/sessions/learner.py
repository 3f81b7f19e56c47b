"""What a learner does in a lesson: goes from page to page, plays, trains, reloads, comes back."""

import asyncio
import random
import time
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.sessions import upload, widgets
from benchmarks.sessions.log import Log
from benchmarks.sessions.tab import Tab
from benchmarks.sessions.widgets import Widget

EXPERIMENTS = (
    {"variant": "vanilla", "hidden": "64", "latent_dim": "8"},
    {"variant": "vanilla", "hidden": "128,64", "latent_dim": "2"},
    {"variant": "denoising", "hidden": "64", "latent_dim": "16"},
    {"variant": "sparse", "hidden": "64", "latent_dim": "32"},
    {"variant": "vae", "hidden": "64", "latent_dim": "2"},
    {"variant": "vq", "hidden": "64"},
    {"variant": "cvae", "hidden": "64", "latent_dim": "4"},
    {"variant": "contractive", "hidden": "64", "latent_dim": "8"},
)
"""Small ones, on the bundled digits: query parameters of the Train page."""

LEFT_ALONE = ("other_data", "_dataset")
"""Beginnings of the keys of widgets that would fetch a dataset from the internet."""

KEEP = "_keep_"
"""Beginning of the key of the box that keeps a run; the run's id follows."""

DELETE = "delete_"
"""Likewise, of the button that deletes a run."""

KEEPS = 0.3
"""Share of the trainings whose run she keeps, until she leaves for good."""

MOST_IN_LINK = 20
"""Kept runs that a link brings back."""

SHORTEST, LONGEST = 1.0, 4.0
"""Seconds that a learner looks at what came before doing the next thing."""


class Learner:
    """One learner with a tab; what she does is drawn from a seeded generator.

    Args:
        url: the server.
        pages: all pages' parts of the path.
        log: takes errors and times.
        seed: decides what she does; when, also the server's pace decides.
        hurry: how many times shorter than others she looks at what she sees.
    """

    def __init__(self, url: str, pages: list[str], log: Log, seed: int, hurry: float = 1.0) -> None:
        self._url, self._log, self._hurry = url, log, hurry
        self._chance = random.Random(seed)
        self._pages = self._chance.sample(pages, len(pages))
        self._tab: Tab | None = None
        self._until = 0.0
        self._kept: dict[str, None] = {}  # ids of the runs that she has kept, the oldest first

    async def learn(self, seconds: float, visits: int | None = None) -> None:
        """Opens pages in turn, over and over, until the time is up; then leaves, and with her what
        she has kept.

        Args:
            seconds: the most that she stays.
            visits: pages after which she leaves earlier; None for no such limit.
        """
        self._until = time.monotonic() + seconds
        await self._pause()
        n = 0
        while not self._is_over and (visits is None or n < visits):
            await self._visit(self._pages[n % len(self._pages)])
            if n % 3 == 1:
                await self._visit("train")
            n += 1
        await self._leave()
        await self._delete_kept()

    @property
    def _is_over(self) -> bool:
        return time.monotonic() >= self._until

    async def _visit(self, page: str) -> None:
        tab = await self._go(page)
        await self._pause()
        if page == "train":
            await self._train(tab)
        for _ in range(self._chance.randint(2, 5)):
            if self._is_over:
                return
            await self._do_something(tab)
            await self._pause()
        await self._interrupt(tab)

    async def _go(self, page: str) -> Tab:
        """To a page: through a link of the page before, or through an address in a new tab."""
        tab = self._tab
        by_link = self._chance.random() < 0.6
        if tab is not None and tab.page != page and by_link and tab.links_to(page):
            self._log.counts["page links followed"] += 1
            await tab.follow(page)
            self._check(tab, page)
            return tab
        query = "" if tab is None else tab.query
        if tab is not None:
            await self._leave()
        self._log.counts["addresses opened"] += 1
        return await self._open(page, self._link(page, query))

    async def _open(self, page: str, query: str) -> Tab:
        self._tab = await Tab.open(self._url, page, query, self._log)
        self._check(self._tab, page)
        return self._tab

    def _check(self, tab: Tab, page: str) -> None:
        if tab.page != page:
            self._log.error(page, f"the page on show is {tab.page or 'home'!r} instead")

    def _link(self, page: str, query: str) -> str:
        """The link from before, or a fresh one; for the Train page with a small experiment."""
        old = dict(parse_qsl(query))
        if page != "train" and self._chance.random() < 0.5:
            return query
        chosen = self._chance.choice(EXPERIMENTS)
        language = self._chance.choice(("en", "ko"))
        kept = {"run": old["run"]} if "run" in old and self._chance.random() < 0.3 else {}
        epochs = str(self._chance.randint(10, 200))
        return urlencode({"lang": language, **chosen, "epochs": epochs, **kept})

    async def _train(self, tab: Tab) -> None:
        """Plays, pauses, steps, plays on, looks back; sometimes stops or starts again."""
        presses = ["play", "pause", "step_batch", "play"]
        presses += self._chance.choice([["stop"], ["pause", "reset"], ["stop", "reset"], []])
        for key in presses:
            if self._is_over:
                return
            await self._press(tab, key)
            await self._pause()
        if self._chance.random() < KEEPS:
            await self._keep(tab)

    async def _keep(self, tab: Tab) -> None:
        """Keeps the newest run of the list."""
        if boxes := await self._open_list(tab, KEEP):
            box = boxes[0]
            await self._move(tab, box, WidgetState(id=box.id, bool_value=True))

    async def _delete_kept(self) -> None:
        """Comes back through the link once more and deletes what she has kept."""
        if not self._kept:
            return
        newest = list(self._kept)[-MOST_IN_LINK:]
        tab = await self._open("train", urlencode({"lang": "en", "kept": ",".join(newest)}))
        await self._open_list(tab, DELETE)
        for run_id in newest:
            await self._press(tab, DELETE + run_id, "delete")
        await self._leave()

    async def _open_list(self, tab: Tab, beginning: str) -> list[Widget]:
        """Opens the list of runs. Returns its widgets whose keys begin so."""
        button = tab.named("my_runs")
        if button is None or button.disabled:
            return []
        await self._press(tab, "my_runs")
        found = await tab.look_for(beginning)
        if not found and tab.is_connected:
            self._log.error(tab.page, "the list of runs did not open")
        return found

    async def _press(self, tab: Tab, key: str, name: str = "") -> None:
        button = tab.named(key)
        if button is not None and not button.disabled:
            self._log.counts[f"presses of {name or key}"] += 1
            await tab.use(widgets.pressed(button), button.fragment_id)

    async def _do_something(self, tab: Tab) -> None:
        """Changes one of the widgets on show, whichever; sliders more often than the rest."""
        found = [w for w in tab.widgets if not w.key.startswith(LEFT_ALONE)]
        sliders = [w for w in found if w.kind in ("slider", "lab_scrubber", "lab_latent_pad")]
        among = sliders if sliders and self._chance.random() < 0.5 else found
        for widget in self._chance.sample(among, len(among)):
            if widget.kind == "file_uploader":
                await self._upload(tab, widget)
                return
            state = widgets.moved(widget, self._chance)
            if state is not None:
                await self._move(tab, widget, state)
                return

    async def _upload(self, tab: Tab, widget: Widget) -> None:
        """A picture, also where a run was asked for."""
        self._log.counts["pictures uploaded"] += 1
        await tab.upload(widget, "digit.png", upload.picture(self._chance.randint(0, 55)))

    async def _move(self, tab: Tab, widget: Widget, state: WidgetState) -> None:
        if widget.key.startswith(KEEP) and state.bool_value:
            self._kept[widget.key.removeprefix(KEEP)] = None
        self._log.counts[f"{widget.kind.removeprefix('lab_').replace('_', ' ')}s used"] += 1
        if widget.kind == "slider" and self._chance.random() < 0.3:
            # Dragged: the next value is sent while the page still answers the last one.
            another = widgets.moved(widget, self._chance)
            await asyncio.gather(
                tab.use(state, widget.fragment_id), tab.use(another or state, widget.fragment_id)
            )
        else:
            await tab.use(state, widget.fragment_id)

    async def _interrupt(self, tab: Tab) -> None:
        """Now and then: a reload, a short gap of the network, a tab that is gone and comes back."""
        page, query, luck = tab.page, tab.query, self._chance.random()
        if luck < 0.2:
            self._log.counts["reloads"] += 1
            await self._leave()
            await self._open(page, query)
        elif luck < 0.3:
            self._log.counts["gaps of the network"] += 1
            await tab.reconnect()
        elif luck < 0.45:
            self._log.counts["tabs gone without a word"] += 1
            tab.abandon()
            self._tab = None
            await self._pause()
            if not self._is_over:
                await self._open(page, query)

    async def _leave(self) -> None:
        if self._tab is not None:
            await self._tab.close()
            self._tab = None

    async def _pause(self) -> None:
        await asyncio.sleep(self._chance.uniform(SHORTEST, LONGEST) / self._hurry)
