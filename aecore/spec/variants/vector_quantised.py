from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="vq",
    title=N_("Vector-quantised (VQ)"),
    changes=N_(
        "The code is cut into vectors, and each is replaced by the nearest one of a learned "
        "codebook: the code is a short list of whole numbers."
    ),
    purpose=N_("Compression, and codes that another model can learn like words."),
    paper="Van den Oord et al. 2017, Neural discrete representation learning",
    experiment=Experiment(variant="vq", latent_dim=32, code="vq"),
    front=("codebook_size", "vector_size"),
    other_names=("vq-vae", "vector-quantised"),
)
