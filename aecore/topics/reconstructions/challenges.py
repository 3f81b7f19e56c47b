"""Challenges of the page Reconstructions."""

from typing import TYPE_CHECKING

from aecore.analysis import intervals
from aecore.errors import N_, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import band, bands, sides, usable

if TYPE_CHECKING:
    from aecore.training.subject import Subject

N_INVERTED = 200


def one_or_eight(subject: "Subject") -> Observed:
    """The mean errors of the classes 1 and 8."""
    from aecore.topics.reconstructions import ask as reconstruction

    found = reconstruction.test_errors(subject)
    of_class = [found.errors[found.labels == c] for c in (1, 8)]
    one, eight = (float(errors.mean()) for errors in of_class)
    usable(one, eight)
    more = intervals.of_seed_difference(*(errors.tolist() for errors in of_class))
    answer, allowed = sides(more, "1", "8")
    said = N_("This model's mean error is {one:.4f} on class 1 and {eight:.4f} on class 8.")
    return Observed(answer, Sentence(said, one=one, eight=eight), allowed)


def inverted(subject: "Subject") -> Observed:
    """How much worse pictures with black and white exchanged come back."""
    from aecore.topics.reconstructions import ask as reconstruction

    x = subject.dataset.x_test[:N_INVERTED].cpu().numpy()
    as_they_are, exchanged = (
        reconstruction.reconstruct_own(subject, pictures).errors for pictures in (x, 1 - x)
    )
    usual, turned = float(as_they_are.mean()), float(exchanged.mean())
    usable(usual, turned)
    limits, keys = (2, 10), ("same", "some", "much")
    times = turned / max(usual, 1e-9)
    said = N_(
        "Unchanged, {n} test pictures are reconstructed with MSE {usual:.4f}; with black "
        "and white swapped, with {turned:.4f}, {times:.0f} times as much."
    )
    return Observed(
        band(times, limits, keys),
        Sentence(said, n=N_INVERTED, usual=usual, turned=turned, times=times),
        bands(intervals.of_ratio(exchanged, as_they_are), limits, keys),
    )


CHALLENGES = (
    Choose(
        key="reconstructions-one-or-eight",
        about="digits",
        question=N_("Which is larger: this model's error on class 1 or on class 8?"),
        options={"1": N_("class 1"), "8": N_("class 8")},
        how=N_("Look at the two rows of digits first: choose ‘one class’ on the left."),
        observe=one_or_eight,
        explanation=N_(
            "A class has a small error if its pictures are simple and similar. A digit 1 "
            "is one stroke with few bright pixels; an 8 has two loops that everyone "
            "draws differently."
        ),
    ),
    Choose(
        key="reconstructions-inverted",
        about="pictures",
        question=N_(
            "Swap black and white in every test picture. How large does this model's error become?"
        ),
        options={
            "same": N_("less than 2 times as large"),
            "some": N_("2 to 10 times as large"),
            "much": N_("more than 10 times as large"),
        },
        how=N_(
            "Upload or draw something that is not a digit below, and see how it is reconstructed."
        ),
        observe=inverted,
        explanation=N_(
            "An autoencoder is not a general-purpose compressor: it knows only the kind "
            "of picture it was trained on. Whatever else goes in, its decoder can only "
            "answer with what it knows."
        ),
    ),
    Quiz(
        key="reconstructions-blurred",
        question=N_("Why are reconstructions of a small code blurred?"),
        options={
            "mean": N_("The mean of all possible strokes has the smallest error."),
            "resolution": N_("A small code leaves the decoder fewer pixels to draw with."),
            "noise": N_("The network has not been trained for long enough yet."),
        },
        right="mean",
        why={
            "mean": N_(
                "Yes: if a stroke may lie here or there, its mean over all possible places has the "
                "smallest squared error, and a mean of strokes is blurred."
            ),
            "resolution": N_("No: it always gives all the pixels."),
            "noise": N_(
                "No: longer training sharpens them a little, but with a small code they stay blurred however long it takes."
            ),
        },
    ),
)
