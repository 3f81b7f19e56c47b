"""What the chosen model answers about codes that belong to no sample."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from aecore.parts.datasets import BUNDLED, DatasetSpec
from aecore.shapes import Shape
from aecore.spec.experiment import Experiment
from ui.kit import models
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.generate.ask import Samples
    from aecore.topics.generate.posterior import Posteriors

PRIOR, FITTED = "prior", "fitted"
"""As in `aecore.topics.generate.ask`, which imports torch."""

DIGITS = (BUNDLED, "mnist")
"""Datasets whose models can be compared on digits."""


@dataclass(frozen=True, eq=False)
class Viewed:
    """What all panels of the page look at: a model, its codes, and the names of the classes."""

    model: str
    experiment: Experiment
    codes: "Posteriors"
    class_names: tuple[str, ...]

    @property
    def shape(self) -> Shape:
        """What one of the samples looks like."""
        return models.shape(self.model)

    @property
    def is_gaussian(self) -> bool:
        """Whether the code is a distribution: then there is a prior to draw from."""
        return self.codes.sigma is not None

    @property
    def knows_digits(self) -> bool:
        return self.experiment.dataset in DIGITS

    @property
    def spec(self) -> DatasetSpec:
        """What its samples come from."""
        return models.dataset(self.model)

    @property
    def is_written(self) -> bool:
        """Whether a sample has a slant and a stroke."""
        return self.spec.strokes


def look(model_id: str) -> Viewed:
    """A model's codes of the test pictures; says so if it gives no numbers."""
    with st.spinner(_("Running the model …")):
        codes = posteriors(model_id)
    if not codes.finite:
        st.info(
            _(
                "This model's codes are not all finite numbers: its training has diverged. They are "
                "shown as zeros; train again with a smaller learning rate, or choose another model."
            )
        )
    return Viewed(model_id, models.experiment(model_id), codes, models.class_names(model_id))


def posteriors(model_id: str) -> "Posteriors":
    from aecore.topics.generate import posterior  # imports torch: not before a page needs an answer

    return models.ask(model_id, posterior.posteriors)


def samples(
    model_id: str, source: str, n: int, seed: int = 0, temperature: float = 1.0
) -> "Samples":
    from aecore.topics.generate import ask as generation

    return models.ask(model_id, generation.samples, source, n, seed, temperature)


def real_samples(model_id: str, n: int) -> "Samples":
    from aecore.topics.generate import ask as generation

    return models.ask(model_id, generation.real_samples, n)
