"""Challenges of the page Pretraining."""

from typing import TYPE_CHECKING

from aecore.challenges._challenge import Choose, Observed, Quiz
from aecore.challenges._observing import band
from aecore.errors import N_, Sentence

if TYPE_CHECKING:
    from aecore.questions.subject import Subject

DEPTH = 5


def _less_in_first(subject: "Subject", activation: str) -> float:
    """How many times less gradient the first layer of a random deep stack gets than the last."""
    from aecore.questions import pretraining

    norms = pretraining.first_gradients(subject, DEPTH, (activation,))[activation]
    return norms[-1] / max(norms[0], 1e-30)


def sigmoid_stack(subject: "Subject") -> Observed:
    """The vanishing gradient of sigmoids."""
    times = _less_in_first(subject, "sigmoid")
    said = N_(
        "With random weights, the first layer gets {times:,.0f} times less gradient than the last."
    )
    return Observed(band(times, (10, 1000), ("same", "some", "much")), Sentence(said, times=times))


def relu_stack(subject: "Subject") -> Observed:
    """The same with ReLUs."""
    times = _less_in_first(subject, "relu")
    said = N_("With ReLU, the first layer gets {times:.1f} times less gradient than the last.")
    return Observed(band(times, (10, 1000), ("same", "some", "much")), Sentence(said, times=times))


TIMES = {
    "same": N_("less than 10 times less"),
    "some": N_("10 to 1,000 times less"),
    "much": N_("more than 1,000 times less"),
}

CHALLENGES = (
    Choose(
        key="pretraining-sigmoid",
        question=N_(
            "An encoder of five sigmoid layers with random weights: how much less gradient does its first "
            "layer get than the decoder's last?"
        ),
        options=TIMES,
        how=N_("Think of how steep a sigmoid is at most, and of how many there are on the way."),
        observe=sigmoid_stack,
        explanation=N_(
            "A sigmoid's slope is at most a quarter, and the gradient is multiplied by a slope in each "
            "layer on its way back. So the first layers hardly learn. Training layer by layer was the "
            "way out in 2006: each layer then has a loss close by."
        ),
    ),
    Choose(
        key="pretraining-relu",
        question=N_("And with ReLU instead of sigmoid, everything else alike?"),
        options=TIMES,
        how=N_("Choose ReLU in the part on vanishing gradients."),
        observe=relu_stack,
        explanation=N_(
            "Where a ReLU is active, its slope is 1: nothing is lost on the way back. That, and first "
            "weights of the right size, is why deep networks are trained in one piece today."
        ),
    ),
    Quiz(
        key="pretraining-few-labels",
        question=N_("When does it help most to start a classifier from an autoencoder's encoder?"),
        options={
            "few": N_("with few labels and many unlabelled pictures"),
            "many": N_("with a label for each of very many pictures"),
            "other": N_("with few pictures, all of them with a label"),
        },
        right="few",
        why={
            "few": N_(
                "Yes: with the VAE on this page, fine-tuning its encoder gains 4 percentage points with 30 "
                "labels, and nothing with 60,000."
            ),
            "many": N_(
                "No: with enough labels the classifier learns the same by itself; the gain fades."
            ),
            "other": N_(
                "No: then the autoencoder has nothing to learn from that the classifier does not have as well."
            ),
        },
    ),
)
