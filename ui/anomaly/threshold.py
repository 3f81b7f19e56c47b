"""The score that is looked at, and the threshold on it."""

import math

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.shapes import Kind
from aecore.topics.anomaly.measure import scores_for
from ui.anomaly import words
from ui.kit.language import _

STEPS = 250
"""Places that the threshold's slider has."""


def score_menu(kind: Kind) -> str:
    """One of the scores that this kind of data can be given."""
    offered = scores_for(kind)
    score = st.segmented_control(
        _("Score"),
        offered,
        default=offered[0],
        required=True,
        format_func=lambda s: _(words.SCORES[s]),
        key=f"_anomaly_score_{len(offered)}",
        help=_(words.SCORE_HELP),
        wrap=True,
    )
    return score or offered[0]  # never None, as a choice is required


def slider(scores: NDArray[np.float32], usual: float, score: str, *, key: str, about: str) -> float:
    """The threshold, over the range of the scores (n,).

    Args:
        scores: of the test samples.
        usual: where it starts.
        score: which one it is.
        key: of what is scored, and how.
        about: its help.
    """
    low, step = steps(scores)
    return st.slider(
        _("Threshold"),
        low,
        low + STEPS * step,
        start(scores, usual),
        step,
        format=words.SLIDER_FORMATS[score],
        key=f"_anomaly_threshold_{key}",
        help=about,
    )


def steps(scores: NDArray[np.float32]) -> tuple[float, float]:
    """Where the slider begins, and how long its steps are."""
    low, high = float(scores.min()), float(scores.max())
    return low, (high - low) / STEPS or 1.0


def start(scores: NDArray[np.float32], usual: float) -> float:
    """The usual threshold, rounded up: no more false alarms among the held-out samples than the
    help says. Held-out samples may score beyond all test samples: then the slider's end."""
    low, step = steps(scores)
    wanted = math.ceil((usual - low) / step)
    return low + min(max(wanted, 0), STEPS) * step
