"""Experiments worth a click: a name, what to watch for, and the settings."""

from dataclasses import dataclass

from aecore.errors import N_
from aecore.spec import variants
from aecore.spec.experiment import Experiment


@dataclass(frozen=True)
class Preset:
    """One entry of the presets menu; `watch` says what to look for while it trains."""

    key: str
    title: str
    watch: str
    experiment: Experiment


_ALL = (
    Preset(
        "two-numbers",
        N_("A code of two numbers"),
        N_("Each digit is squeezed into two numbers: watch the classes drift apart on the map."),
        variants.build("vanilla", latent_dim=2),
    ),
    Preset(
        "linear-is-pca",
        N_("Linear, the way to PCA"),
        N_("The validation error approaches the PCA line from above and hardly ever passes it."),
        variants.build("linear", epochs=150),
    ),
    Preset(
        "heavy-noise",
        N_("Digits recovered from heavy noise"),
        N_("The third row is guessed from the second: compare both with the original."),
        variants.build("denoising", noise_level=0.8),
    ),
    Preset(
        "hidden-block",
        N_("Digits with a hidden block"),
        N_("A black square hides part of each digit, and the decoder fills it in."),
        variants.build("denoising", corruption="block", noise_level=0.4),
    ),
    Preset(
        "large-stack",
        N_("A large stack: 1000-500-250-30"),
        N_(
            "Each new layer first makes the error jump, and then makes up for it: watch the stages."
        ),
        variants.build("stacked", hidden=(1000, 500, 250), latent_dim=30, layer_epochs=5),
    ),
    Preset(
        "smooth-map",
        N_("A smooth map (VAE)"),
        N_("The classes fill one round cloud without gaps: any point can be decoded."),
        variants.build("vae"),
    ),
    Preset(
        "collapse",
        N_("Pitfall: posterior collapse"),
        N_(
            "Beta is too large: the code no longer carries any information, and every digit "
            "becomes the mean picture."
        ),
        variants.build("vae", latent_dim=8, beta=30.0),
    ),
    Preset(
        "too-fast",
        N_("Pitfall: learning rate too high"),
        N_("The updates overshoot: the loss explodes within a few batches."),
        variants.build("linear", optimizer="sgd", learning_rate=10.0, batch_size=64),
    ),
    Preset(
        "relu-code",
        N_("Pitfall: ReLU on the code"),
        N_("Code units that are 0 for every picture get no gradient: count the dead ones."),
        variants.build("vanilla", code_activation="relu", learning_rate=0.01),
    ),
)

PRESETS: dict[str, Preset] = {preset.key: preset for preset in _ALL}
