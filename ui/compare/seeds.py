"""The learner's runs once more with other seeds: what of their differences is chance."""

from collections.abc import Sequence

import streamlit as st

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval, verdict
from aecore.engine.trainings import Trainings
from aecore.errors import N_
from aecore.shapes import Kind
from aecore.spec.experiment import Experiment
from aecore.topics.compare import figures as figures
from aecore.topics.compare.seeds import with_other_seeds
from ui.compare.table import plain
from ui.kit import background, charts, kinds, models, own_runs, several_seeds, spread, state
from ui.kit.frame import is_dark
from ui.kit.language import _

CHOICES = (3, 5)

SEEDS = ("compare", "seeds")
"""The job that trains."""

HELP = N_(
    "Trains each of your finished runs that are chosen above once more with other seeds, one after "
    "another, in the background; places and limits are those of every training. The extra runs are "
    "not kept, only their errors."
)


def panel(chosen: Sequence[str]) -> None:
    """The runs among the chosen models with several seeds; says so if there are none."""
    st.subheader(_("The same runs with other seeds"), help=_(HELP))
    own = [m for m in chosen if state.client().knows(m) and own_runs.look(m).state == "ended"]
    if not own:
        st.caption(
            _("Train a run of your own to its end and choose it above: then it can be repeated.")
        )
        return
    background.watching(_panel, SEEDS)(own)


def _job() -> Trainings[None] | None:
    return background.trainings(SEEDS)


def _panel(own: Sequence[str]) -> None:
    job = _job()
    _buttons(own)
    if job is not None:
        done, total = len(job.results), len(job.experiments)
        background.progress(job, _("{n} of {total} trained").format(n=done, total=total))
        background.failures(job.results)
    groups = {m: _errors(m) for m in own}
    _finding(groups)
    _table(groups)
    if any(len(values) > 1 for values in groups.values()):
        _chart(groups)


def _buttons(own: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="compare_seeds_buttons"):
        working = background.is_working(SEEDS)
        seeds = several_seeds.menu("_compare_seeds", CHOICES, disabled=working)
        missing = _missing(own, seeds)
        background.button(
            "compare_seeds",
            _("Train more seeds ({n})").format(n=len(missing)),
            background.train,
            SEEDS,
            missing,
            names=[SEEDS],
            primary=False,
            disabled=not missing,
        )


def _trained() -> dict[Experiment, float]:
    """The validation error of each experiment that was trained here."""
    job = _job()
    found = () if job is None else job.found
    return {r.experiment: r.val_mse for r in found if r.val_mse is not None}


def _missing(own: Sequence[str], seeds: int) -> tuple[Experiment, ...]:
    """What is yet to be trained so that each run has as many seeds."""
    wanted = [e for m in own for e in with_other_seeds(models.experiment(m), seeds)]
    known = {*_trained(), *(models.experiment(m) for m in own)}
    return tuple(dict.fromkeys(e for e in wanted if e not in known))


def _errors(model_id: str) -> list[float]:
    """The validation errors of a run and of all others that differ from it by their seed alone."""
    own, view = models.experiment(model_id), own_runs.look(model_id)
    found = {e: mse for e, mse in _trained().items() if e.replace(seed=own.seed) == own}
    if view.val_mse is not None:
        found[own] = view.val_mse
    return [found[e] for e in sorted(found, key=lambda e: e.seed)]


def _finding(groups: dict[str, list[float]]) -> None:
    """The best group against the next one, where both have several seeds and the same data."""
    ready = sorted((m for m in groups if len(groups[m]) > 1), key=lambda m: _mean(groups[m]).value)
    ready = [
        m for m in ready if models.experiment(m).dataset == models.experiment(ready[0]).dataset
    ]
    if len(ready) < 2:
        st.caption(_(several_seeds.NOTE))
        return
    best, second = ready[:2]
    gap = intervals.of_seed_difference(groups[second], groups[best])
    says = (
        _("**{best}** has the lower error, against {second}: by {gap}.")
        if verdict(gap) == "better"
        else _("{best} and {second}: **no difference that could be seen**, {gap}.")
    )
    st.markdown(
        says.format(
            best=plain(models.label(best)),
            second=plain(models.label(second)),
            gap=spread.signed(gap, 4),
        ),
        help=_(spread.HELP),
    )


def _mean(values: Sequence[float]) -> Interval:
    return intervals.of_seeds(values)


def _table(groups: dict[str, list[float]]) -> None:
    kind = _kind(groups)
    head = [_("model"), _("seeds"), kinds.validation_mse(kind)]
    lines = ["| " + " | ".join(head) + " |", "|:--|--:|--:|"]
    for model_id, values in groups.items():
        name = plain(models.label(model_id))
        lines.append(f"| {name} | {len(values)} | {several_seeds.mean(values, 4)} |")
    st.markdown("\n".join(lines))


def _kind(groups: dict[str, list[float]]) -> Kind | None:
    """The kind of data that all have learned; None if there are several."""
    found = {models.experiment(m).kind for m in groups}
    return found.pop() if len(found) == 1 else None


def _chart(groups: dict[str, list[float]]) -> None:
    charts.live_plot(
        figures.over_seeds(
            [models.label(m) for m in groups],
            list(groups.values()),
            [_mean(values) for values in groups.values()],
            axis=kinds.validation_mse(_kind(groups)),
            dark=is_dark(),
            _=_,
        ),
        key="compare_over_seeds",
        height=110 + 40 * len(groups),
        alt=_(
            "The validation error of each run with several seeds, and the mean with its interval."
        ),
    )
