from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="wasserstein",
    title=N_("Wasserstein (WAE)"),
    changes=N_(
        "A penalty pulls the codes of all pictures together into the shape of a standard normal; "
        "each code stays one point."
    ),
    purpose=N_("Generation, as with a VAE, from codes that are points."),
    paper="Tolstikhin et al. 2018, Wasserstein auto-encoders",
    experiment=Experiment(
        variant="wasserstein",
        latent_dim=8,
        hidden=(256, 128),
        penalty="mmd",
        penalty_weight=0.1,
    ),
    front=("penalty_weight",),
    other_names=("wae",),
)
