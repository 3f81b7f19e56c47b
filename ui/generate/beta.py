"""Variational autoencoders with other betas, trained here and compared."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import streamlit as st

from aecore.data.datasets import BUNDLED, SPECS
from aecore.errors import N_
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from ui.generate.answers import Seen
from ui.kit import components, layout, models, several_seeds, spread, state, trained_here
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.generate.ask import Balance

GENERATE_BENCH = "generate_bench"
"""Session key of the comparison: what has been trained here, and what is."""

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


@dataclass(frozen=True, order=True)
class Recipe:
    """What is trained."""

    latent_dim: int
    beta: float
    seed: int = 0

    @property
    def experiment(self) -> Experiment:
        return variants.build(
            "vae", latent_dim=self.latent_dim, beta=self.beta, seed=self.seed, **QUICK
        )


@dataclass
class Bench:
    """The trainings of one session.

    Attributes:
        results: what has been measured.
        recipe: what trains now, or did last.
        waiting: what is trained after that: the other seeds.
        run_id: the run that trains now; None when none does.
    """

    results: "dict[Recipe, Balance]" = field(default_factory=dict)
    recipe: Recipe | None = None
    waiting: list[Recipe] = field(default_factory=list)
    run_id: str | None = None

    @property
    def groups(self) -> "dict[tuple[int, float], list[Balance]]":
        """Code size and beta -> what each seed gave, the smallest seed first."""
        groups: dict[tuple[int, float], list[Balance]] = {}
        for recipe in sorted(self.results):
            groups.setdefault((recipe.latent_dim, recipe.beta), []).append(self.results[recipe])
        return groups


def panel(seen: Seen) -> None:
    """The settings and all results; while a run trains, it is looked at twice a second."""
    bench: Bench = st.session_state.setdefault(GENERATE_BENCH, Bench())
    st.fragment(_panel, run_every=trained_here.TICK if bench.run_id else None)(seen)


def _panel(seen: Seen) -> None:
    bench: Bench = st.session_state[GENERATE_BENCH]
    progress = _advance(bench)
    st.subheader(_("What beta does"))
    settings, results = layout.beside("beta")
    with settings:
        _settings(bench)
        st.progress(progress, text=_progress_text(bench))
    with results, st.spinner(_("Running the models …")):
        _results(seen, bench)


def _settings(bench: Bench) -> None:
    training = bench.run_id is not None
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
    recipes = [Recipe(size or SIZES[1], float(beta), seed) for seed in range(seeds)]
    missing = [recipe for recipe in recipes if recipe not in bench.results]
    if training:
        if st.button(_("Cancel"), key="generate_cancel", icon=":material/close:"):
            _end(bench)
    elif st.button(
        _("Train this VAE"),
        key="generate_train",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not missing,
        help=_(
            "Trains a variational autoencoder with this beta on {n:,} bundled digits, 15 epochs, "
            "in seconds, and adds it to the comparison. The model that you look at above stays."
        ).format(n=SPECS[BUNDLED].n_train),
    ):
        bench.waiting = missing
        _start_next(bench)
        state.rerun()  # the whole page, as the fragment must begin to tick


def _start_next(bench: Bench) -> None:
    bench.recipe = bench.waiting.pop(0)
    bench.run_id = state.new_run(bench.recipe.experiment)
    state.client().play(bench.run_id)


def _end(bench: Bench) -> NoReturn:
    """Ends the training and stops the ticking; what has been measured stays."""
    if bench.run_id is not None:
        state.client().delete(bench.run_id)
    bench.run_id = None
    bench.waiting = []
    state.rerun()


def _advance(bench: Bench) -> float:
    """Takes the figures of a run that is done. Returns the share done of one that is not."""
    if bench.run_id is None:
        return 0.0
    view = trained_here.look(bench.run_id)
    if view is None:
        _end(bench)
    if view.state == "ended":
        from aecore.topics.generate import ask as generation

        if bench.recipe is not None:
            answer = state.client().ask(bench.run_id, generation.balance)
            bench.results[bench.recipe] = answer
        if not bench.waiting:
            _end(bench)
        state.client().delete(bench.run_id)
        _start_next(bench)
        return 0.0
    return view.progress


def _progress_text(bench: Bench) -> str:
    if bench.run_id is None or bench.recipe is None:
        return _("15 epochs, a few seconds")
    return _("Training: beta {beta:g}, code size {size}, seed {seed}").format(
        beta=bench.recipe.beta, size=bench.recipe.latent_dim, seed=bench.recipe.seed
    )


def _results(seen: Seen, bench: Bench) -> None:
    """The pretrained VAE, or the one on show, and below it all that were trained here."""
    from aecore.topics.generate import ask as generation

    first = seen.model if seen.is_gaussian and seen.knows_digits else "vae-16"
    known = models.ask(first, generation.balance)
    lines = [(models.label(first), models.experiment(first).beta, [known])]
    lines += [(_("trained here"), beta, found) for (_size, beta), found in bench.groups.items()]
    _table(lines)
    components.digit_rows(
        [
            components.Row(
                _("beta {beta:g}, size {size}").format(beta=beta, size=found[0].latent_dim),
                found[0].samples.pictures,
            )
            for _name, beta, found in lines
        ],
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
    clear = (
        spread.percent(found[0].samples.clear)
        if len(found) == 1
        else mean([100 * f.samples.clear.value for f in found], 0, unit="%")
    )
    collapsed = mean([f.collapsed for f in found], 1 if len(found) > 1 else 0)
    cells = [
        mean([f.mse for f in found], 4),
        mean([f.kl for f in found], 1),
        f"{collapsed} / {found[0].latent_dim}",
        clear,
    ]
    return " | ".join(cells)
