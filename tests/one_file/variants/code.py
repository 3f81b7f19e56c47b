from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="new-code",
    title=N_("New: code"),
    changes=N_("It has what is new: code."),
    purpose=N_("Seeing that one file is enough: code."),
    paper="Nobody 2026, A part to try",
    experiment=Experiment(variant="new-code", code="unit_sphere"),
    front=("code_activation",),
)
