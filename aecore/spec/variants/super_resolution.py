from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="super-resolution",
    title=N_("Super-resolution"),
    changes=N_(
        "The input is a small picture enlarged, the target is the sharp one; "
        "convolutions instead of dense layers."
    ),
    purpose=N_("Larger pictures from small ones, with strokes that fit what it has learned."),
    paper="Dong et al. 2014, Learning a deep convolutional network for image super-resolution",
    experiment=Experiment(
        variant="super-resolution",
        latent_dim=64,
        network="conv",
        hidden=(8, 16),
        corruption="low_resolution",
        noise_level=0.5,
        learning_rate=0.003,
        batch_size=64,
        epochs=15,
    ),
    front=("noise_level",),
    other_names=("superres",),
)
