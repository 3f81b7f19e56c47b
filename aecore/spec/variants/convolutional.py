from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="convolutional",
    title=N_("Convolutional"),
    changes=N_("Convolutions instead of dense layers: the same small filters look at every place."),
    purpose=N_("Pictures: sharper reconstructions from fewer weights."),
    paper="Masci et al. 2011, Stacked convolutional auto-encoders",
    experiment=Experiment(
        variant="convolutional",
        network="conv",
        hidden=(16, 32),
        learning_rate=0.003,
        batch_size=64,
        epochs=15,
    ),
    front=("hidden",),
    other_names=("conv",),
)
