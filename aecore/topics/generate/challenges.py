"""Challenges of the page Generate."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.errors import N_, LabError, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import band, bands

if TYPE_CHECKING:
    from aecore.topics.generate.ask import Samples
    from aecore.training.subject import Subject

COOL = 0.5
NOTICEABLE = 0.03


UNLABELLED = N_(
    "Nobody has labelled what this model has learned, so nothing says which samples are clear. "
    "Choose another model in the sidebar."
)


def _share(samples: "Samples") -> Interval:
    """Raises LabError where nobody has labelled anything."""
    if samples.clear is None:
        raise LabError(UNLABELLED)
    return samples.clear


def _flags(samples: "Samples") -> NDArray[np.bool_]:
    """Raises LabError where nobody has labelled anything."""
    if samples.flags is None:
        raise LabError(UNLABELLED)
    return samples.flags


def clear_share(subject: "Subject") -> Observed:
    """How many samples from N(0, I) are clear digits."""
    from aecore.topics.generate import ask as generation

    clear = _share(generation.samples(subject, generation.PRIOR, 1, seed=0))
    real = _share(generation.real_samples(subject, 1)).value
    said = N_(
        "{clear:.0f}% of its samples are clear (95% interval: {low:.0f} to {high:.0f}%); of real test "
        "samples {real:.0f}%."
    )
    limits, keys = (0.2, 0.5), ("few", "some", "most")
    percent = clear.times(100)
    return Observed(
        band(clear.value, limits, keys),
        Sentence(said, clear=percent.value, low=percent.low, high=percent.high, real=100 * real),
        bands(clear, limits, keys),
    )


def cooler(subject: "Subject") -> Observed:
    """What half the temperature does to the share of clear samples."""
    from aecore.topics.generate import ask as generation

    usual, cool = (
        _flags(generation.samples(subject, generation.PRIOR, 1, seed=0, temperature=t))
        for t in (1.0, COOL)
    )
    gain = intervals.of_difference(cool, usual)  # of the same draws, nearer to the middle
    said = N_(
        "Clear at temperature 1: {usual:.0f}%; at 0.5: {cool:.0f}%. The difference lies between "
        "{low:+.0f} and {high:+.0f} percentage points."
    )
    limits, keys = (-NOTICEABLE, NOTICEABLE), ("fewer", "same", "more")
    return Observed(
        band(gain.value, limits, keys),
        Sentence(
            said,
            usual=100 * usual.mean(),
            cool=100 * cool.mean(),
            low=100 * gain.low,
            high=100 * gain.high,
        ),
        bands(gain, limits, keys),
    )


CHALLENGES = (
    Choose(
        key="generate-clear",
        about="classes",
        question=N_(
            "Draw codes from N(0, I). How many of the samples that this model makes of them are "
            "clearly of one class?"
        ),
        options={
            "few": N_("less than a fifth"),
            "some": N_("a fifth to a half"),
            "most": N_("more than a half"),
        },
        how=N_(
            "Press ‘Others’ a few times. Clear means that the 10 nearest training samples "
            "are all of one class."
        ),
        observe=clear_share,
        explanation=N_(
            "Samples are good only where the decoder met similar codes in training. A "
            "VAE's penalty moves its codes towards N(0, I); nothing does that for other "
            "models."
        ),
    ),
    Choose(
        key="generate-cooler",
        about="classes",
        question=N_("Halve the temperature. What becomes of the share of clear samples?"),
        options={
            "more": N_("It grows."),
            "same": N_("It stays within 3 percentage points."),
            "fewer": N_("It falls."),
        },
        how=N_("Move the temperature to 0.5 and compare."),
        observe=cooler,
        explanation=N_(
            "A lower temperature draws codes nearer to the middle. In a VAE the middle "
            "is crowded, but it is also where classes meet; whether samples get clearer "
            "depends on the model. What always decreases is their variety."
        ),
    ),
    Quiz(
        key="generate-plain",
        question=N_("Why does a plain autoencoder turn codes from N(0, I) into poor digits?"),
        options={
            "empty": N_("Its training codes lie elsewhere: such codes are new to its decoder."),
            "decoder": N_(
                "Its decoder is a weaker network, as only a VAE's has to invent pictures."
            ),
            "random": N_("It was trained without randomness, so it cannot decode random numbers."),
        },
        right="empty",
        why={
            "empty": N_(
                "Yes: its codes may lie anywhere and at any scale. Draw around them, and it does better."
            ),
            "decoder": N_("No: both can have the very same layers."),
            "random": N_(
                "No: a decoder cannot tell how a code was found. Only where it lies counts."
            ),
        },
    ),
)
