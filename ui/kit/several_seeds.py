"""How often a training on a lab page is done: once, or with several seeds, whose spread is shown."""

import math
from collections.abc import Sequence

import streamlit as st

from aecore.analysis import intervals
from aecore.errors import N_
from ui.kit import spread
from ui.kit.language import _

CHOICES = (1, 3, 5)

HELP = N_(
    "The seed decides the first weights and the order of the pictures. One training alone says "
    "nothing about chance; with several, the mean is shown with a 95% interval, and takes as many "
    "times as long."
)

NOTE = N_(
    "± is a 95% interval over the seeds. A single training has none: small differences between "
    "single trainings may be chance."
)


def menu(key: str, choices: Sequence[int] = CHOICES, *, disabled: bool = False) -> int:
    """How many seeds are trained of each model."""
    chosen = st.segmented_control(
        _("Seeds"),
        choices,
        default=choices[0],
        required=True,
        key=key,
        disabled=disabled,
        help=_(HELP),
        wrap=True,
    )
    return int(chosen or choices[0])


def mean(values: Sequence[float], digits: int, *, unit: str = "") -> str:
    """The mean over seeds as in 0.0504 ± 0.0012; without ± where there is a single one."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return "–"
    return spread.plus_minus(intervals.of_seeds(finite), digits, unit)
