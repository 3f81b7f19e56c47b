"""Challenges of the page Denoising."""

from typing import TYPE_CHECKING

from aecore.analysis import intervals
from aecore.errors import N_, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import least, sides, usable

if TYPE_CHECKING:
    from aecore.training.subject import Subject

MUCH, LITTLE = 0.4, 0.1
LOSSLESS = 0.0005


def clean_in(subject: "Subject") -> Observed:
    """What a model takes from pictures without noise."""
    from aecore.topics.denoising import ask as denoising

    found = denoising.benchmark(subject, "gaussian", (0.0, MUCH)).scores
    scores = found[0.0][denoising.MODEL], found[MUCH][denoising.MODEL]
    clean, noisy = (score.mse for score in scores)
    usable(clean, noisy)
    more = intervals.of_difference(scores[1].errors, scores[0].errors)
    answer, allowed = sides(more, "less", "more")
    if clean < LOSSLESS:
        answer, allowed = "nothing", frozenset({"nothing"})
    said = N_("Without noise the MSE is {clean:.4f}, with noise of 0.4 it is {noisy:.4f}.")
    return Observed(answer, Sentence(said, clean=clean, noisy=noisy), allowed)


def little_noise(subject: "Subject") -> Observed:
    """Who is nearest to the originals with little noise."""
    from aecore.topics.denoising import ask as denoising

    scores = denoising.benchmark(subject, "gaussian", (LITTLE,)).scores[LITTLE]
    names = (denoising.NOISY, denoising.MODEL, denoising.PLAIN)
    filters = [score for name, score in scores.items() if name not in names]
    errors = {
        "noisy": scores[denoising.NOISY].errors,
        "model": scores[denoising.MODEL].errors,
        "filter": min(filters, key=lambda score: score.mse).errors,
    }
    means = {name: float(values.mean()) for name, values in errors.items()}
    said = N_(
        "With noise of 0.1: the noisy picture itself {noisy:.4f}, through this model {model:.4f}, the "
        "best classical filter {filter:.4f}."
    )
    answer, allowed = least(errors)
    return Observed(answer, Sentence(said, **means), allowed)


CHALLENGES = (
    Choose(
        key="denoising-clean-in",
        question=N_("Give this model samples without any noise. How are they reconstructed?"),
        options={
            "nothing": N_("unchanged: there is nothing to take away"),
            "less": N_("changed, but less than noisy ones"),
            "more": N_("changed more than noisy ones"),
        },
        how=N_("Move ‘Noise level’ to 0."),
        observe=clean_in,
        explanation=N_(
            "The model does not find the noise and remove it. It rebuilds every sample "
            "from its code, and what does not fit into the code is lost in clean "
            "samples, too. To a model that has seen only noisy samples, a clean one is "
            "even something new."
        ),
    ),
    Choose(
        key="denoising-little-noise",
        about="pictures",
        question=N_("Gaussian noise of only 0.1: what is closest to the original?"),
        options={
            "model": N_("what this model makes of it"),
            "filter": N_("what the best classical filter makes of it"),
            "noisy": N_("the noisy picture itself"),
        },
        how=N_("Choose Gaussian noise, move ‘Noise level’ to 0.1, and read the table."),
        observe=little_noise,
        explanation=N_(
            "Weak noise does little damage, and a method is worth using only if it loses "
            "less than that. A filter leaves what looks right as it is; a model that "
            "squeezes everything through a code cannot. With heavy noise, a model that "
            "was trained for it wins."
        ),
    ),
    Quiz(
        key="denoising-target",
        question=N_(
            "What is the reconstruction of a denoising autoencoder compared with in training?"
        ),
        options={
            "clean": N_("with the clean picture, before the noise was added"),
            "noisy": N_("with the noisy picture that the encoder was given"),
            "other": N_("with the same picture under a second draw of noise"),
        },
        right="clean",
        why={
            "clean": N_(
                "Yes: copying the input would now raise the loss, so it must learn what "
                "digits look like."
            ),
            "noisy": N_("No: then the best it could do would be to copy the noise as well."),
            "other": N_(
                "No, though that works, too (Noise2Noise, 2018). The lab has the clean pictures and uses them."
            ),
        },
    ),
)
