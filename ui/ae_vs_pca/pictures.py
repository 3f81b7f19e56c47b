"""Reconstructions, codes and features of a model, next to those of PCA."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.analysis.intervals import verdict
from aecore.errors import N_
from aecore.figures import samples
from aecore.files import pretrained
from aecore.shapes import Shape
from aecore.topics.ae_vs_pca import figures as figures
from ui.kit import charts, components, digits, kinds, layout, models, predict_first, spread
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.analysis.latent import Plane
    from aecore.topics.ae_vs_pca.ask import Errors, SideBySide

COLUMNS = 8
"""Features in a row."""


def side_by_side(model_id: str) -> None:
    """The same test samples through both, and who wins over all of them."""
    settings, results = layout.beside("ae_pca_pictures")
    spec = models.dataset(model_id)
    with settings:
        how = digits.pick_menu(models.class_names(model_id), many=kinds.many(spec))
    with results, st.spinner(_("Running the model …")):
        from aecore.topics.ae_vs_pca import (
            ask as comparison,  # torch: not before a page needs an answer
        )

        errors = models.ask(model_id, comparison.errors)
        picked = digits.pick(how, digits.test_errors(model_id))
        answer = models.ask(model_id, comparison.side_by_side, picked)
        predict_first.headline(
            "ae_vs_pca-closer", _finding(errors, kinds.many(spec)), help=_(ERROR_HELP)
        )
        if predict_first.is_shown("ae_vs_pca-closer") and (needed := _needed(errors)):
            predict_first.headline("ae_vs_pca-components", needed)
        _rows(answer, spec.shape)
        for line in _notes(model_id, errors):
            st.caption(line)


ERROR_HELP = N_(
    "MSE is the mean squared error, over all numbers of all test samples; smaller is better. PCA "
    "with as many components as the code has numbers stores just as much about each sample."
)


def _finding(errors: "Errors", many: str) -> str:
    """Who wins and by how much."""
    by_pca = float(errors.pca[errors.components])
    if not np.isfinite(errors.model):
        return _(
            "The autoencoder's output is no longer a number: its training diverged. PCA's MSE with "
            "{components} components is **{pca:.4f}**."
        ).format(components=errors.components, pca=by_pca)
    numbers = _(
        "MSE over all {n:,} test {many}: autoencoder **{model:.4f}**, PCA with {components} "
        "components **{pca:.4f}**."
    ).format(
        many=many, n=errors.n_test, model=errors.model, components=errors.components, pca=by_pca
    )
    return f"{numbers} {_winner(errors, by_pca)}"


def _winner(errors: "Errors", by_pca: float) -> str:
    if verdict(errors.ahead) == "unclear":
        return _(spread.NO_DIFFERENCE_SENTENCE)
    if errors.model > by_pca:
        times = errors.model / max(by_pca, 1e-9)
        if times >= 2:
            return _(
                "**PCA wins: the autoencoder's error is {times:,.1f} times as large.**"
            ).format(times=times)
        return _("**PCA wins: the autoencoder's error is {percent:.0f}% larger.**").format(
            percent=100 * (times - 1)
        )
    return _("**The autoencoder wins: its error is {percent:.0f}% smaller.**").format(
        percent=100 * (1 - errors.model / by_pca)
    )


def _needed(errors: "Errors") -> str:
    """How many components PCA needs for the autoencoder's error; empty if none are enough, or if
    it is ahead with as many."""
    enough = np.flatnonzero(errors.pca <= errors.model)
    if not len(enough) or enough[0] <= errors.components:
        return ""
    return _("For the autoencoder's error PCA would need **{needed} components**.").format(
        needed=int(enough[0])
    )


def _rows(answer: "SideBySide", shape: Shape) -> None:
    """Original, (corrupted), then each one's reconstruction and its difference."""
    rows = [components.Row(_("original"), answer.originals)]
    if answer.corrupted is not None:
        rows.append(components.Row(_("corrupted"), answer.corrupted))
    for name, x_hat, errors in (
        (_("autoencoder"), answer.model, answer.model_errors),
        (_("PCA"), answer.pca, answer.pca_errors),
    ):
        captions = [f"{error:.3f}" for error in errors]
        rows.append(components.Row(name, x_hat))
        rows.append(
            components.Row(
                _("difference"),
                samples.differences(answer.originals, x_hat, shape, dark=is_dark()),
                captions,
            )
        )
    components.sample_rows(
        rows,
        shape=shape,
        key="compared",
        alt=_(
            "Test samples, their reconstructions by the autoencoder and by PCA, and the "
            "differences; the numbers: {mse}."
        ).format(mse=kinds.mse(shape.kind)),
    )


def _notes(model_id: str, errors: "Errors") -> list[str]:
    """Where the comparison is not quite even, said plainly."""
    notes, spec = [], models.dataset(model_id)
    if model_id in pretrained.available():
        card = pretrained.card(model_id)
        notes.append(
            _(
                "Not quite a fair comparison: this autoencoder has learned from "
                "{model:,} digits, PCA from the {pca:,} that come with the lab. Neither "
                "has seen the test digits. On the 10,000 test digits of the full MNIST "
                "the autoencoder's MSE is {mnist:.4f}. For a comparison on the same "
                "digits, train a model of your own or look at ‘Code sizes’."
            ).format(
                model=card["training_pictures"], pca=errors.n_pca, mnist=card["test_mse_mnist"]
            )
        )
    else:
        notes.append(
            _("Both have learned from the same {n:,} training {many}.").format(
                n=errors.n_pca, many=kinds.many(spec)
            )
        )
    if errors.latent_dim > errors.components:
        notes.append(
            _(
                "The code has {latent_dim} numbers, but one {one} has only {n}, and so there are only "
                "{n} principal components: with all of them, PCA returns everything unchanged."
            ).format(latent_dim=errors.latent_dim, one=kinds.one(spec), n=spec.shape.size)
        )
    if models.experiment(model_id).corruption != "none":
        notes.append(
            _(
                "This model learned to remove noise: both get the corrupted input and are "
                "compared with what is clean. PCA never learned to remove noise."
            )
        )
    return notes


def maps(model_id: str) -> None:
    """Where both put the same samples."""
    with st.spinner(_("Running the model …")):
        from aecore.topics.ae_vs_pca import ask as comparison

        answer = models.ask(model_id, comparison.maps)
    left, right = st.columns(2, gap="medium")
    names = models.class_names(model_id)
    for place, name, plane, title in (
        (left, "model", answer.model, _model_title(answer.model)),
        (right, "pca", answer.pca, _seen(_("**PCA**: the first two components"), answer.pca)),
    ):
        with place:
            st.markdown(title, help=_(MAP_HELP))
            charts.live_plot(
                figures.map_of_codes(
                    plane,
                    answer.labels,
                    class_names=names,
                    revision=model_id,
                    dark=is_dark(),
                    _=_,
                ),
                key=f"map_{name}",
                height=410,
                alt=_("Test samples on a plane, each marked by its class."),
            )
    if legend := kinds.legend(names):
        st.caption(legend)
    if answer.model.kind == "pca":
        st.caption(_(FLATTENED))


MAP_HELP = N_(
    "Every mark is a test sample, drawn as its own class where there are labels; they were never "
    "used. Nearby marks have similar codes. PCA's plane is a flat cut through the data; an "
    "autoencoder may bend its plane, so that classes separate that PCA leaves on top of "
    "each other."
)


FLATTENED = N_(
    "This code has more than two numbers, so both maps are flat cuts through something larger. For "
    "two numbers against two numbers, choose a model with code size 2 in the sidebar."
)


def _model_title(plane: "Plane") -> str:
    titles = {
        "codes": _("**Autoencoder**: the two numbers of the code"),
        "strip": _("**Autoencoder**: the one number of the code, a lane for each class"),
        "pca": _("**Autoencoder**: the code through a PCA"),
    }
    return _seen(titles[plane.kind], plane)


def _seen(title: str, plane: "Plane") -> str:
    if plane.kind != "pca":
        return title
    shown = _("variance shown: {percent:.0f}%").format(percent=100 * plane.explained)
    return f"{title} ({shown})"


def features(model_id: str) -> None:
    """What each number of either code draws."""
    with st.spinner(_("Running the model …")):
        from aecore.topics.ae_vs_pca import ask as comparison

        answer = models.ask(model_id, comparison.features)
    spec = models.dataset(model_id)
    st.markdown(_("**What each number of the code adds**"), help=_(FEATURES_HELP))
    _blocks(
        _("PCA: eigen-digits") if kinds.are_digits(spec) else _("PCA: components"),
        answer.pca,
        [f"{100 * share:.1f}%" for share in answer.shares],
        models.shape(model_id),
        key="features_pca",
        alt=_("The first principal components; the number is the share of the variance."),
    )
    _blocks(
        _("autoencoder: decoder features"),
        answer.model,
        [f"z{unit + 1}" for unit in answer.units],
        models.shape(model_id),
        key="features_model",
        alt=_("What the decoder adds for each number of the code."),
    )
    st.caption(
        _(
            "Each number grows by its standard deviation over the test {many}, from the mean code: "
            "{signs}. The most varying come first. What PCA's numbers add is always the same, "
            "whatever the rest of the code; an autoencoder's change with it, unless its decoder is "
            "linear."
        ).format(many=kinds.many(spec), signs=kinds.above_below(spec.shape.kind))
    )
    still = int((answer.deviations < 1e-3 * answer.deviations.max(initial=0.0)).sum())
    if still:
        st.info(_("Units shown that hardly vary at all: {n}.").format(n=still))


FEATURES_HELP = N_(
    "Principal components (of digits: eigen-digits) are PCA's building blocks: every sample is the "
    "mean plus a sum of them. Under each is the share of the variance that it accounts for. Decoder features are the closest thing an autoencoder has; z1, z2, … tell "
    "which number of the code is meant."
)


def _blocks(
    label: str,
    deviations: NDArray[np.float32],
    captions: list[str],
    shape: Shape,
    *,
    key: str,
    alt: str,
) -> None:
    """Features on one scale, eight in a row; the last row is filled up with blanks."""
    strongest = float(np.quantile(np.abs(deviations), 0.999))
    blank = -len(deviations) % COLUMNS if len(deviations) > COLUMNS else 0
    shown = samples.signed(
        np.concatenate([deviations, np.zeros((blank, *deviations.shape[1:]), np.float32)]),
        shape,
        strongest,
        dark=is_dark(),
    )
    texts = [*captions, *[""] * blank]
    components.sample_rows(
        [
            components.Row(
                label if start == 0 else "",
                shown[start : start + COLUMNS],
                texts[start : start + COLUMNS],
            )
            for start in range(0, len(shown), COLUMNS)
        ],
        shape=shape,
        key=key,
        alt=alt,
    )
