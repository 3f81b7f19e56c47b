from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="stacked",
    title=N_("Stacked"),
    changes=N_(
        "The layers of a deep autoencoder are trained one after the other, each to rebuild the "
        "layer below, and then all together: 150-50-20-5."
    ),
    purpose=N_("Deep networks that hardly learn from random weights; each layer can be inspected."),
    paper="Hinton & Salakhutdinov 2006, Reducing the dimensionality of data with neural networks",
    experiment=Experiment(
        variant="stacked",
        latent_dim=5,
        hidden=(150, 50, 20),
        activation="tanh",
        batch_size=64,
        schedule="layer_by_layer",
    ),
    front=("layer_epochs",),
    other_names=("stacked-autoencoder",),
)
