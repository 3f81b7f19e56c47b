from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="sparse-kl",
    title=N_("Sparse (KL)"),
    changes=N_(
        "A KL divergence pulls the mean activation of each code unit towards a small target rho."
    ),
    purpose=N_("Feature extraction with control over how rarely each unit is active."),
    paper="Ng 2011, Sparse autoencoder (CS294A lecture notes)",
    experiment=Experiment(
        variant="sparse-kl",
        latent_dim=128,
        hidden=(),
        code_activation="sigmoid",
        penalty="kl_sparsity",
        penalty_weight=0.001,
        rho=0.05,
    ),
    front=("rho", "penalty_weight"),
)
