from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="deep",
    title=N_("Deep"),
    changes=N_("More and wider hidden layers, trained together: 512-256-128-code."),
    purpose=N_("A lower error at the same code size, for more computing."),
    paper="Hinton & Salakhutdinov 2006, Reducing the dimensionality of data with neural networks",
    experiment=Experiment(variant="deep", hidden=(512, 256, 128)),
    front=("hidden",),
)
