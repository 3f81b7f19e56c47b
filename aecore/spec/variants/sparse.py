from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="sparse",
    title=N_("Sparse (L1)"),
    changes=N_(
        "A wide code with ReLU, whose mean absolute value is added to the loss: few "
        "units stay active."
    ),
    purpose=N_("Feature extraction: each unit comes to stand for one pattern."),
    paper="Olshausen & Field 1996, Emergence of simple-cell receptive field properties",
    experiment=Experiment(
        variant="sparse",
        latent_dim=128,
        hidden=(),
        code_activation="relu",
        penalty="l1",
        penalty_weight=0.01,
    ),
    front=("penalty_weight",),
    other_names=("sparse-l1",),
)
