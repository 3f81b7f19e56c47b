"""No penalty, L1, KL and top-k side by side, with fewer code units than pixels and with more."""

from typing import TYPE_CHECKING

import streamlit as st

from aecore.data import datasets
from aecore.engine.trainings import Trainings, by_seeds, missing
from aecore.errors import N_
from aecore.files import pretrained
from aecore.parts.datasets import DIGIT
from aecore.spec.experiment import Experiment
from ui.kit import background, components, models, several_seeds
from ui.kit.language import _
from ui.sparsity import recipes

if TYPE_CHECKING:
    from aecore.topics.sparsity.ask import Figures

COMPARISON = ("sparsity", "comparison")
"""The job that trains."""

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
    "**Undercomplete**: fewer code units than the picture has pixels ({pixels}), so the "
    "picture must be compressed. **Overcomplete**: more; only sparsity keeps such a code "
    "from copying the picture. Mean activations of different kinds are on different "
    "scales: KL codes lie between 0 and 1. All have one layer in the encoder and one in "
    "the decoder, {n:,} training digits, 15 epochs; L1 weight {weight:.2g} at 32 units, "
    "in proportion to the code size; KL weight 0.001 with rho 0.05; k is {k}."
)


def panel() -> None:
    """The comparison, trained or ready-made."""
    background.watching(_panel, COMPARISON)()


def _job() -> "Trainings[Figures] | None":
    return background.trainings(COMPARISON)


def _panel() -> None:
    job = _job()
    st.subheader(_("L1, KL and top-k, undercomplete and overcomplete"))
    _buttons(job)
    background.progress(job, _progress_text(job))
    background.failures([] if job is None else job.found)
    groups = _groups(job)
    if groups:
        _trained(groups)
    else:
        _ready_made()


def _buttons(job: "Trainings[Figures] | None") -> None:
    working = background.is_working(COMPARISON)
    wanted = recipes.comparison(several_seeds.menu("_sparsity_seeds", disabled=working))
    background.button(
        "sparsity_compare",
        _("Train the comparison"),
        _start,
        missing(wanted, [] if job is None else job.found) or tuple(wanted),
        names=[COMPARISON],
        primary=False,
        about=_(
            "Trains eight small models on the bundled digits, one after the other, in one or two "
            "minutes. The one that you look at above stays."
        ),
    )


def _start(experiments: tuple[Experiment, ...]) -> None:
    from aecore.topics.sparsity import ask  # torch: not before a page needs an answer

    job = _job()
    known = set() if job is None else {r.experiment for r in job.found}
    anew = known.issuperset(experiments)  # all are trained, and shall be once more
    background.train(COMPARISON, experiments, ask.in_figures, anew=anew)


def _progress_text(job: "Trainings[Figures] | None") -> str:
    if job is None:
        return _("Not trained yet: for now the table shows the pretrained models")
    done = len(job.found)
    total = done - len(job.results) + len(job.experiments)
    if job.current is not None:
        return _("Training {done} of {total}: {kind}, code size {size}").format(
            done=done + 1,
            total=total,
            kind=_(recipes.KINDS[recipes.kind_of(job.current)]),
            size=job.current.latent_dim,
        )
    if done == total:
        return _("All {total} are trained").format(total=total)
    return _("Cancelled: {done} of {total} are trained; press the button to continue").format(
        done=done, total=total
    )


def _groups(job: "Trainings[Figures] | None") -> "dict[tuple[str, int], list[Figures]]":
    """Kind and code size -> what each seed gave."""
    groups = by_seeds([] if job is None else job.found)
    return {
        (recipes.kind_of(e), e.latent_dim): [r.answer for r in found if r.answer is not None]
        for e, found in groups.items()
    }


def _trained(groups: "dict[tuple[str, int], list[Figures]]") -> None:
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
            pixels=DIGIT.size,
            n=datasets.DATASETS[datasets.BUNDLED].n_train,
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
    components.sample_rows(
        [originals, *rows],
        shape=DIGIT,
        key=key,
        alt=_("The same eight test digits, and below them their reconstructions by each model."),
    )
