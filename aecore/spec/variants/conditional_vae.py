from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="cvae",
    title=N_("Conditional VAE"),
    changes=N_(
        "A VAE that is given the class: encoder and decoder receive it along with the "
        "picture, so that the code holds only how the digit is written."
    ),
    purpose=N_("Generation of a chosen digit, in the style of another one."),
    paper="Sohn et al. 2015, Learning structured output representation using deep conditional "
    "generative models",
    experiment=Experiment(
        variant="cvae",
        latent_dim=8,
        hidden=(128, 64),
        code="gaussian",
        condition="label",
        recon_loss="bce",
    ),
    front=("beta",),
    other_names=("conditional-vae", "conditional"),
)
