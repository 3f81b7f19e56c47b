from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="top-k",
    title=N_("Sparse (top-k)"),
    changes=N_(
        "Only the k largest code units of each picture survive; the others are set to zero."
    ),
    purpose=N_("Sparsity that is exact, with no penalty to tune."),
    paper="Makhzani & Frey 2013, k-Sparse Autoencoders",
    experiment=Experiment(variant="top-k", latent_dim=128, hidden=(), code="top_k", k=25),
    front=("k",),
)
