from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="vae",
    title=N_("Variational (VAE)"),
    changes=N_(
        "The code is a distribution: the encoder gives mu and sigma, and z is drawn from them."
    ),
    purpose=N_("Generation: codes drawn from the prior usually decode to something like a digit."),
    paper="Kingma & Welling 2014, Auto-encoding variational Bayes; beta: Higgins et al. 2017",
    experiment=Experiment(
        variant="vae", latent_dim=2, hidden=(256, 128), code="gaussian", recon_loss="bce"
    ),
    front=("beta",),
    other_names=("variational", "beta-vae"),
)
