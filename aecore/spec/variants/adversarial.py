from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="adversarial",
    title=N_("Adversarial (AAE)"),
    changes=N_(
        "A second network, the discriminator, learns to tell codes from draws of a standard normal; "
        "the encoder learns to fool it."
    ),
    purpose=N_(
        "Generation; and the game of two networks that generative adversarial networks (GANs) play "
        "with pictures, here with codes."
    ),
    paper="Makhzani et al. 2015, Adversarial autoencoders",
    experiment=Experiment(
        variant="adversarial",
        latent_dim=8,
        hidden=(256, 128),
        penalty="adversarial",
        penalty_weight=0.002,
    ),
    front=("penalty_weight",),
    other_names=("aae",),
)
