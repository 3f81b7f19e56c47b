"""Error against code size: PCA's line, and autoencoders above or below it."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.analysis.intervals import Interval, verdict
from aecore.data import datasets
from aecore.engine.trainings import Trained, Trainings
from aecore.errors import N_
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.topics.ae_vs_pca import figures as figures
from aecore.topics.ae_vs_pca.by_size import Group, Plan, chosen, plan, shares_of_pca
from ui.ae_vs_pca import points
from ui.kit import background, charts, language, layout, models, several_seeds, spread
from ui.kit.frame import is_dark
from ui.kit.language import _

SWEEP = ("ae_vs_pca", "code_sizes")
"""The job that trains."""

BATCH = 32
"""Pictures per update: small batches make many updates of the few epochs and the few pictures."""

SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def panel(model_id: str) -> None:
    """Controls of the sweep, and the chart."""
    settings, results = layout.beside("code_sizes")
    with settings:
        planned = _menu()
        _buttons(planned.experiments)
        for error in planned.refused:
            st.caption(_("Left out: {reason}").format(reason=language.say(error)))
    with results:
        with st.spinner(_("Running the model …")):
            from aecore.topics.ae_vs_pca import ask as comparison

            # Any model will do: what is asked for is PCA on the bundled digits.
            curve = models.ask(points.reference(), comparison.errors).pca
        background.watching(_results, SWEEP)(curve)


def _sweep() -> Trainings[None] | None:
    return background.trainings(SWEEP)


def _menu() -> Plan:
    """What to train."""
    keys = st.multiselect(
        _("Variants"),
        points.SWEPT_VARIANTS,
        default=["linear", "vanilla"],
        format_func=lambda key: _(variants.get(key).title),
        key="_sweep_variants",
        help=_("Each is trained for every code size, as often as there are seeds."),
    )
    low, high = st.select_slider(
        _("Code sizes from … to"),
        SIZES,
        value=(2, 32),
        key="_sweep_sizes",
        help=_("How many numbers the code has: the width of the bottleneck."),
    )
    epochs = st.slider(
        _("Epochs of each"),
        1,
        40,
        10,
        key="_sweep_epochs",
        help=_("More epochs bring lower errors and take longer."),
    )
    seeds = several_seeds.menu("_sweep_seeds")
    sizes = [size for size in SIZES if low <= size <= high]
    return plan(keys, sizes, seeds, dataset=datasets.BUNDLED, epochs=epochs, batch_size=BATCH)


def _buttons(experiments: tuple[Experiment, ...]) -> None:
    with st.container(horizontal=True, key="sweep_buttons"):
        background.button(
            "sweep",
            _("Train all"),
            background.train,
            SWEEP,
            experiments,
            names=[SWEEP],
            disabled=not experiments,
        )
        st.button(
            _("Clear results"),
            key="sweep_clear",
            disabled=background.is_working(SWEEP) or not _results_so_far(),
            on_click=background.forget,
            args=(SWEEP,),
        )
    st.caption(
        _(
            "Trainings: {n}, each on the {pictures:,} digits that come with the lab, in batches "
            "of {batch}. A vanilla one takes about two seconds, larger networks take "
            "longer."
        ).format(
            n=len(experiments), pictures=datasets.DATASETS[datasets.BUNDLED].n_train, batch=BATCH
        )
    )


def _results_so_far() -> tuple[Trained[None], ...]:
    """The newest of a variant, a code size and a seed counts, and no older one that learned for
    another number of epochs."""
    sweep = _sweep()
    if sweep is None:
        return ()
    found = {r.experiment.replace(epochs=1): r for r in sweep.found}
    lengths = {_group(r): r.experiment.epochs for r in sweep.found}
    return tuple(r for r in found.values() if r.experiment.epochs == lengths[_group(r)])


def _group(result: Trained[None]) -> Group:
    return result.experiment.variant, result.experiment.latent_dim


def _results(curve: NDArray[np.float64]) -> None:
    """How far the sweep is, and all errors there are."""
    sweep = _sweep()
    results = _results_so_far()
    background.progress(sweep, _status(sweep))
    st.markdown(_finding(curve, results), help=_(CHART_HELP))
    charts.live_plot(
        figures.error_against_size(
            curve[1:],
            float(curve[0]),
            [points.of_pretrained(), *points.of_own(), *points.of_trainings(results)],
            dark=is_dark(),
            _=_,
        ),
        key="error_against_size",
        height=370,
        alt=_("Error over code size: PCA as a falling line, autoencoders as points."),
    )
    st.caption(f"{_note()} {_(several_seeds.NOTE)}")
    background.failures(results)


CHART_HELP = N_(
    "Both axes are logarithmic. PCA's line is exact for every code size: no linear code of that "
    "size fits the training digits better. A point below the line has gained from nonlinearity; a "
    "point above it has not learned enough yet, or cannot."
)


def _status(sweep: Trainings[None] | None) -> str:
    if sweep is None:
        return _("Nothing trained here yet: press ‘Train all’.")
    done, total = len(sweep.results), len(sweep.experiments)
    if sweep.current is not None:
        return _("Training {n} of {total}: {model}").format(
            n=done + 1, total=total, model=points.label(sweep.current)
        )
    if done < total:
        return _("Cancelled after {done} of {total} trainings.").format(done=done, total=total)
    seconds = sum(result.seconds for result in sweep.results)
    return _("Done: {total} trainings in {seconds:.0f} s.").format(total=total, seconds=seconds)


def _finding(curve: NDArray[np.float64], results: tuple[Trained[None], ...]) -> str:
    """The group of trainings that gained most on PCA, as far as its seeds can tell."""
    shares = shares_of_pca(results, curve)
    if not shares:
        return _("**Error against code size**: more numbers, less error")
    best = chosen(results, curve)
    share, seeds = shares[best]
    if seeds > 1:
        more = Interval(share.value - 1, share.low - 1, share.high - 1)
        says = {
            "worse": _(
                "**{model}** beats PCA by the largest margin: its error, in % of PCA's: {percent}."
            ),
            "better": _(
                "**{model}** comes closest to PCA, yet stays behind; its error, in % of PCA's: {percent}."
            ),
            "unclear": _(
                "**{model}** against PCA: no difference that could be seen; its error, in % of PCA's: {percent}."
            ),
        }[verdict(more)]
        return says.format(model=_named(best), percent=spread.number(share.times(100), 0))
    if share.value < 1:
        return _(
            "**{model}** beats PCA by the largest margin: its error is {percent:.0f}% smaller (one "
            "seed)."
        ).format(model=_named(best), percent=100 * (1 - share.value))
    return _(
        "**{model}** comes closest to PCA: its error is {percent:.0f}% larger (one seed)."
    ).format(model=_named(best), percent=100 * (share.value - 1))


def _named(group: Group) -> str:
    return points.label(variants.build(group[0], latent_dim=group[1]))


def _note() -> str:
    shown = _(
        "Errors on the {n:,} test digits that come with the lab, measured once for each model, at its "
        "end. The model in the title is chosen on validation digits."
    ).format(n=datasets.DATASETS[datasets.BUNDLED].n_test)
    return f"{shown} {points.why_not_own()}"
