"""Variational autoencoders with other betas, trained here and compared."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from aecore.data.datasets import BUNDLED, DATASETS
from aecore.engine.trainings import Trainings, by_seeds, missing
from aecore.errors import N_
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from ui.generate.answers import Viewed
from ui.kit import background, components, layout, models, several_seeds, spread
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.generate.ask import Balance

BETAS_TRAINED = ("generate", "beta")
"""The job that trains."""

BETAS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
SIZES = (2, 8)
QUICK: dict[str, Any] = {
    "dataset": BUNDLED,
    "epochs": 15,
    "batch_size": 64,
    "learning_rate": 0.002,
}
"""The bundled digits in 15 epochs: a few seconds, and about 820 updates of the weights."""

COLUMNS = (
    N_("model"),
    N_("beta"),
    N_("code size"),
    N_("seeds"),
    N_("test MSE per pixel"),
    N_("KL divergence (nats)"),
    N_("collapsed"),
    N_("clear digits"),
)

LESSON = N_(
    "**Beta** balances two goals. Small: good reconstructions, but the codes spread far "
    "beyond N(0, I), so that samples drawn there miss them. Large: the codes fill N(0, "
    "I), but carry less information: pictures blur, and numbers of the code collapse one "
    "by one, until every sample is the mean picture."
)


def vae(latent_dim: int, beta: float, seed: int = 0) -> Experiment:
    """What is trained."""
    return variants.build("vae", latent_dim=latent_dim, beta=beta, seed=seed, **QUICK)


def panel(seen: Viewed) -> None:
    """The settings and all results."""
    background.watching(_panel, BETAS_TRAINED)(seen)


def _job() -> "Trainings[Balance] | None":
    return background.trainings(BETAS_TRAINED)


def _panel(seen: Viewed) -> None:
    job = _job()
    st.subheader(_("What beta does"))
    settings, results = layout.beside("beta")
    with settings:
        _settings()
        background.progress(job, _progress_text(job))
        background.failures([] if job is None else job.found)
    with results, st.spinner(_("Running the models …")):
        _results(seen, _groups(job))


def _groups(job: "Trainings[Balance] | None") -> "list[tuple[float, list[Balance]]]":
    """Beta and what each seed gave, small codes and small betas first."""
    groups = by_seeds([] if job is None else job.found)
    in_order = sorted(groups, key=lambda e: (e.latent_dim, e.beta))
    return [(e.beta, [r.answer for r in groups[e] if r.answer is not None]) for e in in_order]


def _settings() -> None:
    training = background.is_working(BETAS_TRAINED)
    beta = st.select_slider(
        _("Beta"),
        BETAS,
        4.0,
        format_func=lambda b: f"{b:g}",
        key="_generate_beta",
        disabled=training,
        help=_("How much the KL divergence counts against the reconstruction; 1 is the plain VAE."),
    )
    size = st.segmented_control(
        _("Code size"),
        SIZES,
        default=SIZES[1],
        required=True,
        key="_generate_size",
        disabled=training,
        wrap=True,
    )
    seeds = several_seeds.menu("_generate_seeds", disabled=training)
    job = _job()
    wanted = [vae(size or SIZES[1], float(beta), seed) for seed in range(seeds)]
    left = missing(wanted, [] if job is None else job.found)
    background.button(
        "generate",
        _("Train this VAE"),
        _start,
        left,
        names=[BETAS_TRAINED],
        disabled=not left,
        about=_(
            "Trains a variational autoencoder with this beta on {n:,} bundled digits, 15 epochs, "
            "in seconds, and adds it to the comparison. The model that you look at above stays."
        ).format(n=DATASETS[BUNDLED].n_train),
    )


def _start(experiments: tuple[Experiment, ...]) -> None:
    from aecore.topics.generate import ask  # torch: not before a page needs an answer

    background.train(BETAS_TRAINED, experiments, ask.balance)


def _progress_text(job: "Trainings[Balance] | None") -> str:
    if job is None:
        return _("15 epochs, a few seconds")
    if job.current is None:
        return _("Cancelled.") if job.cancelled else _("Done.")
    return _("Training: beta {beta:g}, code size {size}, seed {seed}").format(
        beta=job.current.beta, size=job.current.latent_dim, seed=job.current.seed
    )


def _results(seen: Viewed, groups: "list[tuple[float, list[Balance]]]") -> None:
    """The pretrained VAE, or the one on show, and below it all that were trained here."""
    from aecore.topics.generate import ask as generation

    first = seen.model if seen.is_gaussian and seen.knows_digits else "vae-16"
    known = models.ask(first, generation.balance)
    lines = [(models.label(first), models.experiment(first).beta, [known])]
    lines += [(_("trained here"), beta, found) for beta, found in groups]
    _table(lines)
    components.sample_rows(
        [
            components.Row(
                _("beta {beta:g}, size {size}").format(beta=beta, size=found[0].latent_dim),
                found[0].samples.pictures,
            )
            for _name, beta, found in lines
        ],
        shape=models.shape(first),
        key="generate_betas",
        alt=_("Ten samples of each model, drawn from N(0, I)."),
    )
    st.caption(
        _(
            "Ten samples of each, the same draws from N(0, I) where the code size is the "
            "same. The first model was trained longer, and on other digits, than those "
            "trained here: compare the latter with each other."
        )
        + " "
        + _(several_seeds.NOTE)
    )
    st.markdown(_(LESSON))


def _table(lines: "list[tuple[str, float, list[Balance]]]") -> None:
    """One line for each code size and beta, with the means over its seeds."""
    head = "| " + " | ".join(_(column) for column in COLUMNS) + " |"
    rule = "|:--|" + "--:|" * (len(COLUMNS) - 1)
    rows = [
        f"| {name} | {beta:g} | {found[0].latent_dim} | {len(found)} | {_cells(found)} |"
        for name, beta, found in lines
    ]
    st.markdown("\n".join([head, rule, *rows]))


def _cells(found: "list[Balance]") -> str:
    """Error, KL, collapsed dimensions and clear digits."""
    mean = several_seeds.mean
    shares = [f.samples.clear for f in found if f.samples.clear is not None]
    clear = (
        spread.percent(shares[0])
        if len(shares) == 1
        else mean([100 * share.value for share in shares], 0, unit="%")
    )
    collapsed = mean([f.collapsed for f in found], 1 if len(found) > 1 else 0)
    cells = [
        mean([f.mse for f in found], 4),
        mean([f.kl for f in found], 1),
        f"{collapsed} / {found[0].latent_dim}",
        clear,
    ]
    return " | ".join(cells)
