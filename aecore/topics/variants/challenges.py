"""Challenges of the page Variants."""

from typing import TYPE_CHECKING

from aecore.errors import N_, Sentence
from aecore.files import pretrained
from aecore.topics.challenge import Choose, Observed, Quiz

if TYPE_CHECKING:
    from aecore.training.subject import Subject

FAMILY = ("vanilla-32", "vae-16", "denoising-32", "sparse-128")


def least_error(subject: "Subject") -> Observed:
    """The errors of four pretrained models on the bundled test digits, as on their cards."""
    errors = {key: float(pretrained.card(key)["test_mse_bundled"]) for key in FAMILY}
    said = N_(
        "Test MSE: plain with 32 numbers {plain:.4f}, VAE with 16 {vae:.4f}, denoising with 32 (from "
        "noisy digits) {denoising:.4f}, sparse with 128 {sparse:.4f}."
    )
    return Observed(
        min(errors, key=errors.__getitem__),
        Sentence(
            said,
            plain=errors["vanilla-32"],
            vae=errors["vae-16"],
            denoising=errors["denoising-32"],
            sparse=errors["sparse-128"],
        ),
    )


def weights(subject: "Subject") -> Observed:
    """How many weights two of them have."""
    dense, conv = (
        int(pretrained.card(key)["parameters"]) for key in ("vanilla-32", "convolutional-32")
    )
    said = N_("Dense layers: {dense:,} weights. Convolutions: {conv:,} weights.")
    return Observed("dense" if dense > conv else "conv", Sentence(said, dense=dense, conv=conv))


CHALLENGES = (
    Choose(
        key="variants-least-error",
        question=N_("Which of these pretrained models rebuilds the test digits best?"),
        options={
            "vanilla-32": N_("the plain one with 32 numbers"),
            "vae-16": N_("the VAE with 16 numbers"),
            "denoising-32": N_("the denoising one with 32 numbers, from noisy digits"),
            "sparse-128": N_("the sparse one with 128 numbers"),
        },
        how=N_("Look at the same digits through every pretrained model, on this page."),
        observe=least_error,
        explanation=N_(
            "Sorted by error alone, the table mostly reflects code size and difficulty "
            "of the task, not the quality of the idea: more numbers rebuild better, "
            "noise makes it harder, and a VAE pays for a space that can be sampled. "
            "Compare variants at the same code size, and by their purpose."
        ),
    ),
    Choose(
        key="variants-weights",
        question=N_(
            "Which pretrained model has more weights: dense layers or convolutions, both with code size 32?"
        ),
        options={"dense": N_("dense layers"), "conv": N_("convolutions")},
        how=N_("Open both in the explorer on this page and read their layers."),
        observe=weights,
        explanation=N_(
            "A convolution uses the same few weights at every place of the picture: here "
            "91% of the weights are in the two dense layers around the code."
        ),
    ),
    Quiz(
        key="variants-vae",
        question=N_("What is the one thing that a VAE changes in the plain autoencoder?"),
        options={
            "code": N_("The encoder gives a distribution, and the code is drawn from it."),
            "input": N_("Noise is added to the input, and the target is the clean picture."),
            "penalty": N_("A penalty keeps most units of the code at 0 for each picture."),
        },
        right="code",
        why={
            "code": N_("Yes; the KL divergence keeps those distributions near N(0, I)."),
            "input": N_("No: that is the denoising autoencoder."),
            "penalty": N_("No: that is a sparse autoencoder."),
        },
    ),
)
