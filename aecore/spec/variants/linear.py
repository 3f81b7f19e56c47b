from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="linear",
    title=N_("Linear"),
    changes=N_("No hidden layers and no activations: one matrix encodes, one decodes."),
    purpose=N_("Shows that without nonlinearity an autoencoder can at best equal PCA."),
    paper="Baldi & Hornik 1989, Neural networks and principal component analysis",
    experiment=Experiment(variant="linear", network="linear", hidden=(), output="identity"),
)
