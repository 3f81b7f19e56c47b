"""The errors in the chart over code sizes, and whose they are."""

import math
from collections.abc import Sequence

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.data import datasets
from aecore.engine.trainings import Trained
from aecore.files import pretrained
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.topics.ae_vs_pca import figures as figures
from aecore.topics.ae_vs_pca.by_size import by_group
from ui.kit import models, own_runs
from ui.kit.language import _

SWEPT_VARIANTS = tuple(
    key for key, v in variants.VARIANTS.items() if v.experiment.corruption == "none"
)


def _is_clean(experiment: Experiment) -> bool:
    """Whether its error can be held against PCA's: clean pictures, of all classes."""
    return experiment.corruption == "none" and not experiment.classes


def reference() -> str:
    """A pretrained model without corruption: PCA's errors stand next to it."""
    return next(key for key in pretrained.available() if _is_clean(pretrained.experiment_of(key)))


def label(experiment: Experiment) -> str:
    return _("{variant}, code size {latent_dim}").format(
        variant=_(variants.get(experiment.variant).title), latent_dim=experiment.latent_dim
    )


def of_pretrained() -> figures.Points:
    keys = [key for key in pretrained.available() if _is_clean(pretrained.experiment_of(key))]
    return figures.Points(
        name=_("pretrained on {n:,} digits").format(n=pretrained.n_pictures()),
        sizes=[pretrained.experiment_of(key).latent_dim for key in keys],
        errors=[pretrained.card(key)["test_mse_bundled"] for key in keys],
        texts=[models.label(key) for key in keys],
    )


def of_own() -> list[figures.Points]:
    """The learner's run, if its error can be held against the others."""
    own = own_runs.own_model()
    if own is None or why_not_own():
        return []
    view = own_runs.look(own)
    return [
        figures.Points(
            name=_("your run"),
            sizes=[view.experiment.latent_dim],
            errors=[view.test_mse or math.nan],
            texts=[models.label(own)],
            look=1,
        )
    ]


def why_not_own() -> str:
    """Why the learner's run is not in the chart; empty if it is."""
    own = own_runs.own_model()
    if own is None:
        return _("Your own run joins the chart once you have trained one on the page ‘Train’.")
    view = own_runs.look(own)
    experiment = view.experiment
    if experiment.dataset != datasets.BUNDLED:
        return _(
            "Your run is not in the chart: it learned from another dataset, so its error is "
            "measured on other data."
        )
    if experiment.classes:
        return _("Your run is not in the chart: it was trained on some classes alone.")
    if not _is_clean(experiment):
        return _("Your run is not in the chart: it gets corrupted pictures.")
    if view.ended != "diverged" and view.test_mse is None:
        return _(
            "Your run is not in the chart yet: test pictures are for the last number, so it is "
            "tested once it has ended or is paused."
        )
    if view.ended == "diverged" or not math.isfinite(view.test_mse or math.nan):
        return _("Your run is not in the chart: it diverged.")
    return ""


def of_trainings(results: Sequence[Trained[None]]) -> list[figures.Points]:
    """One group for each variant, by code size; in the variants' order, for steady colours."""
    groups = []
    found = by_group(results)
    for key in SWEPT_VARIANTS:
        of_variant = {size: group for (variant, size), group in found.items() if variant == key}
        if not of_variant:
            continue
        errors = [_over_seeds(group) for group in of_variant.values()]
        groups.append(
            figures.Points(
                name=_(variants.get(key).title),
                sizes=list(of_variant),
                errors=[error.value for error in errors],
                texts=[_text(key, group) for group in of_variant.values()],
                joined=True,
                look=SWEPT_VARIANTS.index(key) + 3,
                intervals=errors,
            )
        )
    return groups


def _over_seeds(group: Sequence[Trained[None]]) -> Interval:
    return intervals.of_seeds([r.test_mse for r in group if r.test_mse is not None])


def _text(key: str, group: Sequence[Trained[None]]) -> str:
    """What a point is called: its variant, how long it learned, and of how many seeds it is."""
    return _("{variant}, {epochs} epochs, seeds: {seeds}").format(
        variant=_(variants.get(key).title),
        epochs=group[0].experiment.epochs,
        seeds=len(group),
    )
