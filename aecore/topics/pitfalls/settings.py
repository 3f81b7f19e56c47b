"""Pitfalls that are settings of an experiment: the wrong one and the cure differ in one field."""

from aecore.errors import N_
from aecore.parts.datasets import DIGIT
from aecore.spec import variants
from aecore.topics.pitfalls.pitfall import NOISY, Pitfall, Trial

_LATENT = variants.build("vanilla", learning_rate=0.01, epochs=10)
_WIDE = variants.build("linear", latent_dim=DIGIT.size, epochs=6)
_PLAIN = variants.build("vanilla", epochs=15)
_VAE = variants.build("vae", latent_dim=8, epochs=10)

_CODE_UNITS = N_("Test MSE **{mse:.4f}**; **{dead} of {units}** code units are dead.")
_COPIED = N_(
    "Test MSE **{mse:.4f}** with clean digits. Noisy digits, {noise:.4f} away from the clean ones, "
    "come out **{denoised:.4f}** away."
)
_AGAINST_MEAN = N_("Test MSE **{mse:.4f}**; the mean picture alone has {mean:.4f}.")
_COLLAPSED = N_(
    "Test MSE **{mse:.4f}** (mean picture {mean:.4f}); **{collapsed} of {units}** code "
    "dimensions carry no information."
)

PITFALLS = (
    Pitfall(
        key="relu-code",
        title=N_("ReLU on the code"),
        seen=N_(
            "The error stops at a higher value than expected. Some numbers of the code "
            "are 0 for every picture."
        ),
        why=N_(
            "A ReLU passes nothing below 0. A code unit that is below 0 for every "
            "picture gets no gradient any more, so it can hardly recover by itself: that "
            "part of the code is lost."
        ),
        remedy=N_("Leave the code without an activation: its numbers may then take any value."),
        wrong=Trial(_LATENT.replace(code_activation="relu"), _CODE_UNITS),
        cured=Trial(_LATENT, _CODE_UNITS),
    ),
    Pitfall(
        key="identity",
        title=N_("A code as wide as the picture"),
        seen=N_(
            "The error keeps falling, but nothing has been learned about digits: noise "
            "passes through as well."
        ),
        why=N_(
            "As many numbers as there are pixels can carry them all. The network learns to copy, "
            "and copying requires no knowledge of what is copied."
        ),
        remedy=N_(
            "Make copying useless: a smaller code, a sparse one, or, as here, noise on "
            "the input that must not appear in the output. Code size, network and epochs "
            "stay the same."
        ),
        wrong=Trial(_WIDE, _COPIED, NOISY),
        cured=Trial(_WIDE.replace(corruption="gaussian", noise_level=0.4), _COPIED, NOISY),
    ),
    Pitfall(
        key="learning-rate",
        title=N_("Learning rate too high"),
        seen=N_(
            "The error does not fall, or explodes. Here it is stuck above the error of "
            "the mean picture, and every reconstruction is the same."
        ),
        why=N_(
            "Each update overshoots. The first few throw the weights so far that "
            "sigmoids and ReLUs no longer respond to small changes, and then there is no "
            "gradient left to recover with."
        ),
        remedy=N_(
            "Divide the learning rate by ten until the curve falls smoothly. Here it is a hundredth."
        ),
        wrong=Trial(_PLAIN.replace(learning_rate=0.1), _AGAINST_MEAN),
        cured=Trial(_PLAIN, _AGAINST_MEAN),
    ),
    Pitfall(
        key="small-code",
        title=N_("Too small a code"),
        seen=N_(
            "Training goes well, but the reconstructions stay blurred and some digits turn into "
            "others."
        ),
        why=N_(
            "One number can only put all digits in a row. Digits at the same place in "
            "the row get the same picture."
        ),
        remedy=N_(
            "Enlarge the code until the validation error hardly falls any more: the elbow of the curve."
        ),
        wrong=Trial(_PLAIN.replace(latent_dim=1), _AGAINST_MEAN),
        cured=Trial(_PLAIN, _AGAINST_MEAN),
    ),
    Pitfall(
        key="collapse",
        title=N_("Posterior collapse"),
        seen=N_("A VAE gives the same blurred picture for every digit."),
        why=N_(
            "With a large beta the KL divergence costs more than the code can save in "
            "reconstruction error. The cheapest code is then the prior itself for every "
            "picture: it carries no information, and the decoder learns to do without it."
        ),
        remedy=N_(
            "Lower beta (here from 30 to 1), or begin with a small one and raise it "
            "while training. Check that both terms are scaled alike: a KL summed over "
            "the code next to an error that is a mean over the pixels is in disguise a beta as large as "
            "their number."
        ),
        wrong=Trial(_VAE.replace(beta=30.0), _COLLAPSED),
        cured=Trial(_VAE, _COLLAPSED),
    ),
)
