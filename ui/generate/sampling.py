"""Samples out of nothing: codes drawn at random, and decoded."""

from typing import TYPE_CHECKING

import streamlit as st

from aecore.errors import N_
from ui.generate import answers
from ui.generate.answers import FITTED, PRIOR, Viewed
from ui.kit import components, kinds, layout, models, predict_first, spread
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.generate.ask import Samples

GENERATE_SEED = "generate_seed"
"""Session key: which samples are drawn."""

PER_ROW, WIDE_PER_ROW = 10, 5
"""Samples in a row: pictures, and curves and bars, which are wider."""

ROWS = 4

SOURCES = {PRIOR: N_("drawn from N(0, I)"), FITTED: N_("drawn from a fitted Gaussian")}

CLEAR_HELP = N_(
    "A sample counts as **clear** if the 10 real training samples nearest to it, number by "
    "number, are all of one class. Measured on 1,000 samples drawn in the same "
    "way; in brackets, the 95% interval. Even real test samples do not all pass, so their share is the target. It does "
    "not measure variety: a model that always drew the same good one would pass."
)

PAIRS = {"small": ("vae-2", "vanilla-2"), "large": ("vae-16", "vanilla-32")}
"""Pretrained models to compare: variational, and plain with a code of about the same size."""

PAIR_NAMES = {"small": N_("2 numbers"), "large": N_("16 and 32 numbers")}
FEW = 5
"""Codes of at most this many numbers are compared with those of two."""


@st.fragment
def panel(seen: Viewed) -> None:
    """Samples of the model, with a temperature to play with."""
    settings, results = layout.beside("samples")
    with settings:
        temperature = st.slider(
            _("Temperature"),
            0.0,
            2.0,
            1.0,
            0.1,
            key="_generate_temperature",
            help=_(
                "How far from the centre codes are drawn: each draw is multiplied by "
                "this number. 0 always gives the centre, 1 the distribution itself, 2 "
                "twice its spread: rare codes, of which the decoder has seen few."
            ),
        )
        seed = st.session_state.setdefault(GENERATE_SEED, 0)
        st.button(_("Others"), icon=":material/casino:", key="generate_others", on_click=_others)
    with results, st.spinner(_("Running the model …")):
        per_row = PER_ROW if seen.shape.kind == "picture" else WIDE_PER_ROW
        shown = ROWS * per_row
        if seen.is_gaussian:
            drawn = {PRIOR: answers.samples(seen.model, PRIOR, shown, seed, temperature)}
        else:
            drawn = {
                source: answers.samples(seen.model, source, shown // 2, seed, temperature)
                for source in (FITTED, PRIOR)
            }
        _finding(seen, drawn)
        components.sample_rows(
            [
                row
                for source, found in drawn.items()
                for row in _rows(_(SOURCES[source]), found, per_row)
            ],
            shape=seen.shape,
            key="generate_samples",
            alt=_("Samples decoded from codes that were drawn at random."),
        )
        st.caption(_why(seen))


def _others() -> None:
    st.session_state[GENERATE_SEED] += 1


def _rows(label: str, found: "Samples", per_row: int) -> list[components.Row]:
    starts = range(0, len(found.pictures), per_row)
    return [
        components.Row("" if start else label, found.pictures[start : start + per_row])
        for start in starts
    ]


def _finding(seen: Viewed, drawn: "dict[str, Samples]") -> None:
    """How clear the samples are, in one line."""
    real = answers.real_samples(seen.model, PER_ROW).clear
    shares = {s: spread.percent(f.clear, bold=True) for s, f in drawn.items() if f.clear}
    if real is None:
        says = _("Nothing went in but random numbers.")
        st.markdown(f"{says} {kinds.unlabelled(seen.spec)}")
        return
    if seen.is_gaussian:
        text = _(
            "Nothing went in but random numbers. Clear: {prior} of the samples, against {real} of "
            "real test samples."
        )
    else:
        text = _(
            "Nothing went in but random numbers. Clear: {fitted} from the fitted Gaussian and "
            "{prior} from N(0, I), against {real} of real test samples."
        )
    predict_first.headline(
        "generate-clear",
        text.format(real=spread.percent(real), **shares),
        help=_(CLEAR_HELP),
        spec=seen.spec,
    )


def _why(seen: Viewed) -> str:
    """What is drawn, and why it may be."""
    if seen.is_gaussian:
        return _(
            "Each number of the code is drawn from N(0, 1), a normal (Gaussian) "
            "distribution around 0 with standard deviation 1. That is this model's "
            "**prior**: its KL penalty has moved the codes of all samples there, so most "
            "draws land where the decoder has learned something."
        )
    return _(
        "This model has **no prior**: nothing in its training fixed where codes should "
        "lie. So we can only guess: a Gaussian with the mean and the covariance of its "
        "training codes, or N(0, I) as for a VAE. Between its codes are **holes**, "
        "places where no sample lies and the decoder has learned nothing: codes drawn "
        "there decode to nothing that it has learned from."
    )


@st.fragment
def comparison(seen: Viewed) -> None:
    """Samples of a variational and of a plain autoencoder of digits, below each other."""
    st.subheader(_("Sampling a VAE and a plain autoencoder"))
    own = "small" if seen.experiment.latent_dim <= FEW else "large"
    settings, results = layout.beside("two_models")
    with settings:
        chosen = st.radio(
            _("Size of the codes"),
            list(PAIRS),
            index=list(PAIRS).index(own),
            format_func=lambda p: _(PAIR_NAMES[p]),
            key=f"_generate_pair_{own}",
            help=_(
                "The model shown takes part in the comparison if it has learned MNIST digits and its "
                "code has about this size; the others are pretrained on digits."
            ),
        )
        st.caption(
            _(
                "With two numbers a plain code has hardly any room for holes: samples "
                "from a fitted Gaussian are as good as those of a VAE, but N(0, I) "
                "reaches only the classes that happen to lie near 0. With more numbers "
                "nearly all of the space is empty, and only the VAE was trained to fill "
                "it."
            )
        )
    vae, plain = _pair(seen, chosen)
    with results, st.spinner(_("Running the models …")):
        _compared(vae, plain)


def _pair(seen: Viewed, chosen: str) -> tuple[str, str]:
    """A variational and a plain model; one of them the model on show, if it fits."""
    vae, plain = PAIRS[chosen]
    fits = (seen.experiment.latent_dim <= FEW) == (chosen == "small")
    if not (fits and seen.knows_digits):
        return vae, plain
    return (seen.model, plain) if seen.is_gaussian else (vae, seen.model)


def _compared(vae: str, plain: str) -> None:
    drawn = [
        (_("real test digits"), answers.real_samples(vae, PER_ROW)),
        (_labelled(vae, PRIOR), answers.samples(vae, PRIOR, PER_ROW)),
        (_labelled(plain, FITTED), answers.samples(plain, FITTED, PER_ROW)),
        (_labelled(plain, PRIOR), answers.samples(plain, PRIOR, PER_ROW)),
    ]
    components.sample_rows(
        [components.Row(label, found.pictures) for label, found in drawn],
        shape=models.shape(vae),
        key="generate_compared",
        alt=_("Real digits, and below them samples of a VAE and of a plain autoencoder."),
    )
    shares = " · ".join(
        f"{label} {spread.percent(found.clear, bold=True)}" for label, found in drawn if found.clear
    )
    st.markdown(_("Clear: {shares}").format(shares=shares), help=_(CLEAR_HELP))


def _labelled(model_id: str, source: str) -> str:
    return f"{models.label(model_id)}, {_(SOURCES[source])}"
