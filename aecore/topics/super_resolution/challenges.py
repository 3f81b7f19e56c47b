"""Challenges of the page Super-resolution."""

from typing import TYPE_CHECKING

from aecore.errors import N_, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import band, bands, sides, usable

if TYPE_CHECKING:
    from aecore.topics.super_resolution.ask import Measured
    from aecore.training.subject import Subject

TINY, SMALL = 0, 1
"""A quarter and a half of the side, as `halved` gives them."""


def _side(subject: "Subject", which: int) -> int:
    from aecore.topics.super_resolution import ask as super_resolution
    from aecore.topics.super_resolution.measure import halved

    return halved(super_resolution.picture_of(subject).height)[which]


def _measured(subject: "Subject", side: int) -> "Measured":
    from aecore.topics.super_resolution import ask as super_resolution

    found = super_resolution.measure(subject, side)
    if found.diverged:
        usable(float("nan"))
    return found


def beats_bicubic(subject: "Subject") -> Observed:
    """In how many test pictures the model is closer than bicubic enlarging."""
    side = _side(subject, SMALL)
    found = _measured(subject, side)
    said = N_(
        "From {side}×{side} pixels, this model is closer in {percent:.0f}% of the test pictures."
    )
    limits, keys = (0.5, 0.9), ("few", "most", "all")
    return Observed(
        band(found.wins.value, limits, keys),
        Sentence(said, side=side, percent=100 * found.wins.value),
        bands(found.wins, limits, keys),
    )


def tiny(subject: "Subject") -> Observed:
    """Who is closer from so few pixels that a picture can hardly be read."""
    side = _side(subject, TINY)
    found = _measured(subject, side)
    model, bicubic = (found.scores[name].psnr.value for name in ("model", "bicubic"))
    answer, allowed = sides(found.gain, "model", "bicubic")
    said = N_("From {side}×{side} pixels: this model {model:.1f} dB, bicubic {bicubic:.1f} dB.")
    return Observed(answer, Sentence(said, side=side, model=model, bicubic=bicubic), allowed)


CHALLENGES = (
    Choose(
        key="super_resolution-wins",
        about="pictures",
        question=N_(
            "Pictures shrunk to half their side, and made large again: in how many is this model "
            "closer to the original than bicubic enlarging?"
        ),
        options={
            "few": N_("in less than half"),
            "most": N_("in half to nine tenths"),
            "all": N_("in more than nine tenths"),
        },
        how=N_("Compare the rows of pictures, and their numbers."),
        observe=beats_bicubic,
        explanation=N_(
            "Bicubic enlarging knows only the neighbouring pixels. A model that was "
            "trained on pairs of small and large pictures also knows what strokes look "
            "like; one that was not simply reproduces its blocky input."
        ),
    ),
    Choose(
        key="super_resolution-tiny",
        about="pictures",
        question=N_(
            "And from a quarter of the side: which is closer, this model or bicubic enlarging?"
        ),
        options={"model": N_("this model"), "bicubic": N_("bicubic enlarging")},
        how=N_("Choose the smallest size on the left."),
        observe=tiny,
        explanation=N_(
            "With a pixel in sixteen left, much must be guessed. Bicubic enlarging guesses a blur; a model guesses "
            "strokes. It wins clearly only if it has learned to enlarge pictures as small as these, so the choice "
            "of the training pictures decides."
        ),
    ),
    Quiz(
        key="super_resolution-detail",
        question=N_("Where does the detail come from that the small picture did not have?"),
        options={
            "learned": N_("from the training digits: so digits usually look"),
            "hidden": N_("from the small picture, in which it was hidden"),
            "sharpened": N_("from sharpening, which makes the edges visible again"),
        },
        right="learned",
        why={
            "learned": N_(
                "Yes: it is a good guess, and it can be wrong. Never read a number plate from such a picture."
            ),
            "hidden": N_(
                "No: different large pictures give the very same small one; what was lost is lost."
            ),
            "sharpened": N_("No: sharpening adds nothing that is not in the small picture."),
        },
    ),
)
