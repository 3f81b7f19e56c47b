from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="new-penalty",
    title=N_("New: penalty"),
    changes=N_("It has what is new: penalty."),
    purpose=N_("Seeing that one file is enough: penalty."),
    paper="Nobody 2026, A part to try",
    experiment=Experiment(variant="new-penalty", penalty="decorrelated"),
    front=("penalty_weight",),
)
