from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="contractive",
    title=N_("Contractive"),
    changes=N_(
        "The size of the encoder's derivative (its Jacobian) is added to the loss: a "
        "small change of the picture may change the code only a little."
    ),
    purpose=N_("Features that stay the same under small changes of the input."),
    paper="Rifai et al. 2011, Contractive auto-encoders",
    experiment=Experiment(
        variant="contractive",
        penalty="contractive",
        penalty_weight=1e-4,
    ),
    front=("penalty_weight",),
)
