from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="vanilla",
    title=N_("Vanilla"),
    changes=N_("The plain autoencoder that the others change: 128-64-code-64-128, MSE."),
    purpose=N_("Dimensionality reduction, and the starting point for everything else."),
    paper="Rumelhart, Hinton & Williams 1986, Learning internal representations",
    experiment=Experiment(variant="vanilla"),
)
