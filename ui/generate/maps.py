"""The codes of a plain autoencoder are points, those of a variational one are ellipses."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.topics.generate import figures as figures
from ui.generate import answers
from ui.generate.answers import Viewed
from ui.kit import charts, models
from ui.kit.frame import is_dark
from ui.kit.language import _

PLAIN, VARIATIONAL = "vanilla-2", "vae-2"
HEIGHT = 400
MOST_POINTS = 1500
SIGMAS = (1, 2, 3)


@st.fragment
def panel(seen: Viewed) -> None:
    """A plain map and a variational one, side by side; one of them the model's on show."""
    st.subheader(_("A code as a point, and as a cloud"))
    many, wide = st.columns(2, gap="medium")
    with many:
        count = st.slider(
            _("Samples shown large"),
            10,
            100,
            40,
            10,
            key="_generate_ellipses",
            help=_(
                "Test samples drawn as their class, and on the VAE's map as an ellipse in the colour "
                "of their class; the small dots are all the others."
            ),
        )
    with wide:
        times = st.segmented_control(
            _("Size of the ellipses"),
            SIGMAS,
            default=SIGMAS[0],
            required=True,
            format_func=lambda t: f"{t} σ",
            key="_generate_sigmas",
            help=_(
                "Half their width and height, in standard deviations: along each number, 68% of the "
                "codes drawn for a sample lie within 1 σ, 99.7% within 3 σ."
            ),
            wrap=True,
        )
    own_fits = len(seen.codes.order) > 1
    if not own_fits:
        st.info(
            _(
                "A code of one number cannot be drawn as a map: both maps show "
                "pretrained models. Choose a model with a larger code to see its own."
            )
        )
    plain = seen if own_fits and not seen.is_gaussian else None
    variational = seen if own_fits and seen.is_gaussian else None
    with st.spinner(_("Running the models …")):
        shown = [plain or _pretrained(PLAIN), variational or _pretrained(VARIATIONAL)]
    for column, model in zip(st.columns(2, gap="medium"), shown, strict=True):
        with column:
            _map(model, count, times or SIGMAS[0])


def _pretrained(model_id: str) -> Viewed:
    codes = answers.posteriors(model_id)
    return Viewed(model_id, models.experiment(model_id), codes, models.class_names(model_id))


def _map(seen: Viewed, count: int, times: int) -> None:
    label = models.label(seen.model)
    if seen.is_gaussian:
        title = _("**{model}**: each sample is a cloud around its code")
    else:
        title = _("**{model}**: each sample is a point, with gaps in between")
    title = title.format(model=label)
    st.markdown(title)
    codes = seen.codes
    axes = sorted(codes.order[:2].tolist())
    some = slice(MOST_POINTS)
    figure = charts.drawn(
        figures.posterior_map,
        codes.mu[some][:, axes],
        None if codes.sigma is None else codes.sigma[some][:, axes],
        codes.labels[some],
        _picked(len(codes.labels[some]), count),
        axes=(figures.name(axes[0]), figures.name(axes[1])),
        class_names=seen.class_names,
        times=times,
        dark=is_dark(),
    )
    charts.show(figure, key=f"generate_map_{seen.is_gaussian}", alt=title, height=HEIGHT)
    st.caption(_caption(seen))


def _picked(n: int, count: int) -> NDArray[np.int64]:
    """The same test samples every time, and more of them in the same order."""
    return np.random.default_rng(0).permutation(n)[:count]


def _caption(seen: Viewed) -> str:
    n = len(seen.codes.order)
    if seen.codes.sigma is not None:
        how = _(
            "The encoder gives a mean μ, the centre of the ellipse, and a σ for each "
            "number, half the width and height of a 1 σ ellipse: here {sigma:.2f} on "
            "average. In training the decoder got codes from anywhere in the cloud, so "
            "it draws the same all over it. Drag a rectangle to look closer."
        ).format(sigma=seen.codes.sigma[:, seen.codes.order[:2]].mean())
    else:
        how = _(
            "The decoder was trained on exactly such points. Nothing kept them together "
            "or near 0, and what it draws between them is a matter of chance."
        )
    if n == 2:
        return how
    which = (
        _("Of {n} numbers, the two with the largest KL divergence are shown.")
        if seen.is_gaussian
        else _("Of {n} numbers, the two that vary most are shown.")
    )
    return f"{which.format(n=n)} {how}"
