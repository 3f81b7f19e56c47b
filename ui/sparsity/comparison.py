"""No penalty, L1, KL and top-k side by side, with fewer code units than pixels and with more."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from aecore.data import datasets
from aecore.errors import N_
from aecore.files import pretrained
from ui.kit import components, models, several_seeds, state, trained_here
from ui.kit.language import _
from ui.sparsity import recipes
from ui.sparsity.recipes import Contestant

if TYPE_CHECKING:
    from aecore.topics.sparsity.ask import Figures

RACE = "sparsity_race"
"""Session key of the comparison: what is trained, and what has been."""

READY_MADE = ("vanilla-32", "sparse-128", "sparse-256", "sparse-kl-128", "top-k-128")
"""Pretrained models that stand in the table until the comparison has been trained."""

READY_MADE_WIDTH = 560
"""CSS pixels: small rows, to compare at a glance."""

COLUMNS = (
    N_("model"),
    N_("code size"),
    N_("seeds"),
    N_("test MSE per pixel"),
    N_("units active"),
    N_("mean activation"),
    N_("dead units"),
)

TABLE_HELP = N_(
    "**Undercomplete**: fewer code units than the picture has pixels (784), so the "
    "picture must be compressed. **Overcomplete**: more; only sparsity keeps such a code "
    "from copying the picture. Mean activations of different kinds are on different "
    "scales: KL codes lie between 0 and 1. All have one layer in the encoder and one in "
    "the decoder, {n:,} training digits, 15 epochs; L1 weight {weight:.2g} at 32 units, "
    "in proportion to the code size; KL weight 0.001 with rho 0.05; k is {k}."
)


@dataclass
class Race:
    """The comparison of one session.

    Attributes:
        results: what has been measured, in the order of training.
        run_id: the run that trains now; None when none does.
        seeds: how often each is trained.
    """

    results: "dict[Contestant, Figures]" = field(default_factory=dict)
    run_id: str | None = None
    seeds: int = 1

    @property
    def wanted(self) -> list[Contestant]:
        return recipes.contestants(self.seeds)

    @property
    def done(self) -> int:
        """How many of the wanted ones are trained."""
        return sum(c in self.results for c in self.wanted)

    @property
    def next(self) -> Contestant | None:
        """Who trains now, or would be next; None when all are done."""
        left = (c for c in self.wanted if c not in self.results)
        return next(left, None)


def panel() -> None:
    """The comparison; while it trains, it looks twice a second."""
    race: Race = st.session_state.setdefault(RACE, Race())
    st.fragment(_panel, run_every=trained_here.TICK if race.run_id else None)()


def _panel() -> None:
    race: Race = st.session_state[RACE]
    progress = _advance(race)
    st.subheader(_("L1, KL and top-k, undercomplete and overcomplete"))
    _buttons(race)
    st.progress(progress, text=_progress_text(race))
    if race.results:
        _trained(race)
    else:
        _ready_made()


def _buttons(race: Race) -> None:
    seeds = several_seeds.menu("_sparsity_seeds", disabled=race.run_id is not None)
    if race.run_id is None:
        race.seeds = seeds
    if race.run_id is not None:
        if st.button(_("Cancel"), key="sparsity_compare_cancel", icon=":material/close:"):
            _cancel(race)
    elif st.button(
        _("Train the comparison"),
        key="sparsity_compare",
        icon=":material/play_arrow:",
        help=_(
            "Trains eight small models on the bundled digits, one after the other, in one or two "
            "minutes. The one that you look at above stays."
        ),
    ):
        if race.next is None:
            race.results.clear()
        _train_next(race)
        state.rerun()  # the whole page, as the fragment must begin to tick


def _train_next(race: Race) -> None:
    contestant = race.next
    race.run_id = None
    if contestant is not None:
        race.run_id = state.new_run(contestant.experiment)
        state.client().play(race.run_id)


def _cancel(race: Race) -> NoReturn:
    """Ends the training; what has been measured stays."""
    if race.run_id is not None:
        state.client().delete(race.run_id)
    race.run_id = None
    state.rerun()


def _advance(race: Race) -> float:
    """Takes a finished run's figures, forgets it and starts the next. Returns the share done."""
    within = 0.0
    if race.run_id is not None:
        view = trained_here.look(race.run_id)
        if view is None:
            _cancel(race)
        within = view.progress
        if view.state == "ended":
            within = 0.0
            _measure(race, race.run_id)
    return min(1.0, (race.done + within) / len(race.wanted))


def _measure(race: Race, run_id: str) -> None:
    from aecore.topics.sparsity import (
        ask as sparsity,  # imports torch: not before there is something to ask
    )

    contestant = race.next
    if contestant is not None:
        race.results[contestant] = state.client().ask(run_id, sparsity.in_figures)
    state.client().delete(run_id)
    _train_next(race)
    if race.run_id is None:
        state.rerun()  # all done: the fragment must stop ticking


def _progress_text(race: Race) -> str:
    done, total = race.done, len(race.wanted)
    current = race.next
    if race.run_id is not None and current is not None:
        return _("Training {done} of {total}: {kind}, code size {size}").format(
            done=done + 1, total=total, kind=_(recipes.KINDS[current.kind]), size=current.size
        )
    if done == total:
        return _("All {total} are trained").format(total=total)
    if done:
        return _("Cancelled: {done} of {total} are trained; press the button to continue").format(
            done=done, total=total
        )
    return _("Not trained yet: for now the table shows the pretrained models")


def _trained(race: Race) -> None:
    groups = _groups(race)
    _table([(_(recipes.KINDS[kind]), found) for (kind, _size), found in groups.items()])
    sizes = recipes.COMPARED_SIZES
    sides = zip(st.columns(len(sizes)), sizes, strict=True)
    titles = (_("**Undercomplete**: {units:,} units"), _("**Overcomplete**: {units:,} units"))
    for (column, size), title in zip(sides, titles, strict=False):
        mine = [
            (_(recipes.KINDS[kind]), found[0])
            for (kind, other), found in groups.items()
            if other == size
        ]
        with column:
            st.markdown(title.format(units=size))
            if mine:
                _pictures(mine, key=f"sparsity_compared_{size}")
            else:
                st.caption(_("not trained yet"))


def _groups(race: Race) -> "dict[tuple[str, int], list[Figures]]":
    """Kind and code size -> what each seed gave."""
    groups: dict[tuple[str, int], list[Figures]] = {}
    for contestant, figures in race.results.items():
        groups.setdefault((contestant.kind, contestant.size), []).append(figures)
    return groups


def _ready_made() -> None:
    """The pretrained models, measured in the same way."""
    from aecore.topics.sparsity import ask as sparsity

    with st.spinner(_("Running the models …")):
        lines = [
            (models.label(key), models.ask(key, sparsity.in_figures))
            for key in READY_MADE
            if key in pretrained.available()
        ]
    _table([(name, [found]) for name, found in lines])
    with st.container(width=READY_MADE_WIDTH):
        _pictures(lines, key="sparsity_ready_made")


def _table(lines: "list[tuple[str, list[Figures]]]") -> None:
    """One line per model: how well, how sparse, how many dead; means over the seeds."""
    head = "| " + " | ".join(_(column) for column in COLUMNS) + " |"
    rule = "|:--|" + "--:|" * (len(COLUMNS) - 1)
    rows = [f"| {name} | {' | '.join(_cells(found))} |" for name, found in lines]
    st.markdown("\n".join([head, rule, *rows]))
    st.caption(
        _("What the columns mean") + " · " + _(several_seeds.NOTE),
        help=_(TABLE_HELP).format(
            n=datasets.SPECS[datasets.BUNDLED].n_train,
            weight=32 * recipes.L1_PER_UNIT,
            k=recipes.COMPARED_K,
        ),
    )


def _cells(found: "list[Figures]") -> list[str]:
    mean, share = several_seeds.mean, sum(f.share for f in found) / len(found)
    return [
        f"{found[0].units:,}",
        str(len(found)),
        mean([f.mse for f in found], 4),
        f"{mean([f.share * f.units for f in found], 1)} ({100 * share:.0f}%)",
        mean([f.mean for f in found], 3),
        mean([f.dead for f in found], 1) if len(found) > 1 else f"{found[0].dead:,}",
    ]


def _pictures(lines: "list[tuple[str, Figures]]", *, key: str) -> None:
    """The same eight test digits, as each model gives them back."""
    originals = components.Row(_("original"), lines[0][1].originals)
    rows = [components.Row(name, found.x_hat) for name, found in lines]
    components.digit_rows(
        [originals, *rows],
        key=key,
        alt=_("The same eight test digits, and below them their reconstructions by each model."),
    )
