from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="new-corruption",
    title=N_("New: corruption"),
    changes=N_("It has what is new: corruption."),
    purpose=N_("Seeing that one file is enough: corruption."),
    paper="Nobody 2026, A part to try",
    experiment=Experiment(variant="new-corruption", corruption="dimmed"),
    front=("noise_level",),
)
