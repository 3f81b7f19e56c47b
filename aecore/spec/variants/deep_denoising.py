from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="deep-denoising",
    title=N_("Deep denoising"),
    changes=N_("The denoising autoencoder with more hidden layers: 150-50-20-code."),
    purpose=N_("Noise removal through a narrow code that has to know what digits look like."),
    paper="Vincent et al. 2010, Stacked denoising autoencoders",
    experiment=Experiment(
        variant="deep-denoising",
        latent_dim=5,
        hidden=(150, 50, 20),
        corruption="gaussian",
        noise_level=0.4,
    ),
    front=("corruption", "noise_level"),
)
