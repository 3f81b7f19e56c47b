"""Challenges of the page Pretraining."""

from typing import TYPE_CHECKING

from aecore.errors import N_, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import band

if TYPE_CHECKING:
    from aecore.training.subject import Subject

DEPTH = 5


def _less_in_first(subject: "Subject", activation: str) -> float:
    """How many times less gradient the first layer of a random deep stack gets than the last."""
    from aecore.topics.pretraining import ask as pretraining

    norms = pretraining.first_gradients(subject, DEPTH, (activation,))[activation]
    return norms[-1] / max(norms[0], 1e-30)


def sigmoid_stack(subject: "Subject") -> Observed:
    """The vanishing gradient of sigmoids."""
    times = _less_in_first(subject, "sigmoid")
    said = N_(
        "With random weights, the gradient of the first layer is 1/{times:,.0f} of that "
        "of the last."
    )
    return Observed(band(times, (10, 1000), ("same", "some", "much")), Sentence(said, times=times))


def relu_stack(subject: "Subject") -> Observed:
    """The same with ReLUs."""
    times = _less_in_first(subject, "relu")
    said = N_("With ReLU, the gradient of the first layer is 1/{times:.1f} of that of the last.")
    return Observed(band(times, (10, 1000), ("same", "some", "much")), Sentence(said, times=times))


TIMES = {
    "same": N_("less than 10 times smaller"),
    "some": N_("10 to 1,000 times smaller"),
    "much": N_("more than 1,000 times smaller"),
}

CHALLENGES = (
    Choose(
        key="pretraining-sigmoid",
        question=N_(
            "An encoder of five sigmoid layers with random weights: how much smaller is "
            "the gradient of its first layer than that of the decoder's last?"
        ),
        options=TIMES,
        how=N_(
            "Think of the largest derivative of a sigmoid, and of how many sigmoids there "
            "are on the way."
        ),
        observe=sigmoid_stack,
        explanation=N_(
            "The derivative of a sigmoid is at most a quarter, and on its way back the "
            "gradient is multiplied by one such derivative in each layer. So the first "
            "layers hardly learn. Training layer by layer was the solution in 2006: each "
            "layer then has a loss right next to it."
        ),
    ),
    Choose(
        key="pretraining-relu",
        question=N_("And with ReLU instead of sigmoid, everything else the same?"),
        options=TIMES,
        how=N_("Choose ReLU in the part on vanishing gradients."),
        observe=relu_stack,
        explanation=N_(
            "Where a ReLU is active, its derivative is 1: nothing is lost on the way "
            "back. That, and initial weights of the right size, is why deep networks are "
            "trained all at once today."
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
                "Yes: with the VAE on this page, fine-tuning its encoder gains 3.5 percentage points with 30 "
                "labels, and nothing with 55,000."
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
