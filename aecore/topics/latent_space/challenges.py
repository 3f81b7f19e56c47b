"""Challenges of the page Latent space."""

from typing import TYPE_CHECKING

import numpy as np

from aecore.errors import N_, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aecore.training.subject import Subject

CANDIDATES = (0, 1, 7, 9)


def _codes(subject: "Subject") -> "tuple[NDArray[np.float32], NDArray[np.int64]]":
    from aecore.topics.latent_space import ask as latent_map
    from aecore.topics.observing import usable

    found = latent_map.test_codes(subject)
    usable(1.0 if found.finite else float("nan"))
    return found.z, found.labels


def wider(subject: "Subject") -> Observed:
    """Which of the classes 0 and 1 lies within a smaller part of the code."""
    z, labels = _codes(subject)
    zero, one = (float(z[labels == c].std(axis=0, dtype=np.float64).mean()) for c in (0, 1))
    said = N_(
        "From its class's centre, a number of the code differs by {zero:.2f} on average for class 0 and "
        "by {one:.2f} for class 1."
    )
    return Observed("0" if zero > one else "1", Sentence(said, zero=zero, one=one))


def neighbour(subject: "Subject") -> Observed:
    """Whose centre lies nearest to that of the fours."""
    z, labels = _codes(subject)
    four = z[labels == 4].mean(axis=0)
    far = {c: float(np.linalg.norm(z[labels == c].mean(axis=0) - four)) for c in CANDIDATES}
    nearest = min(far, key=far.__getitem__)
    said = N_(
        "Distance from the centre of class 4: class 0 {zero:.2f}, class 1 {one:.2f}, class 7 "
        "{seven:.2f}, class 9 {nine:.2f}."
    )
    return Observed(
        str(nearest), Sentence(said, zero=far[0], one=far[1], seven=far[7], nine=far[9])
    )


CHALLENGES = (
    Choose(
        key="latent_space-neighbour",
        about="digits",
        question=N_("Which codes lie closest to those of class 4, measured from centre to centre?"),
        options={
            "0": N_("those of class 0"),
            "1": N_("those of class 1"),
            "7": N_("those of class 7"),
            "9": N_("those of class 9"),
        },
        how=N_("Find the fours on the map, and see which digits surround them."),
        observe=neighbour,
        explanation=N_(
            "The model does not know which classes there are. It puts pictures close "
            "together that its decoder can draw in nearly the same way: a 4 becomes a 9 "
            "when its top is closed."
        ),
    ),
    Choose(
        key="latent_space-wider",
        about="digits",
        question=N_("Which class spreads over more of the latent space: 0 or 1?"),
        options={"0": N_("class 0"), "1": N_("class 1")},
        how=N_("Compare both clouds on the map."),
        observe=wider,
        explanation=N_(
            "A class that spreads widely has pictures that need many different codes. "
            "Ones look alike in all but their slant; but a map that must squeeze many "
            "numbers into two, or keeps them near 0, can turn this around."
        ),
    ),
    Quiz(
        key="latent_space-halfway",
        question=N_("What is at the middle of the walk from a 1 to a 0 through the latent space?"),
        options={
            "drawn": N_("what the decoder draws from the code in between"),
            "faded": N_("both digits on top of each other, half as bright"),
            "test": N_("the training digit whose code is nearest to it"),
        },
        right="drawn",
        why={
            "drawn": N_(
                "Yes: it may be a digit, or a shape between digits; how good it is shows how well the "
                "space is filled there."
            ),
            "faded": N_("No: that is the mean of the pixels, the other row of the walk."),
            "test": N_(
                "No: nothing is looked up. The picture is new, and there may be none like it."
            ),
        },
    ),
)
