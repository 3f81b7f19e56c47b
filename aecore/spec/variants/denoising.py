from aecore.errors import N_
from aecore.spec.experiment import Experiment
from aecore.spec.variants._variant import Variant

VARIANT = Variant(
    key="denoising",
    title=N_("Denoising"),
    changes=N_("The input is corrupted, the target stays clean: copying is no longer a solution."),
    purpose=N_("Noise removal, and features that do not depend on single pixels."),
    paper="Vincent et al. 2008, Extracting and composing robust features",
    experiment=Experiment(variant="denoising", corruption="gaussian", noise_level=0.4),
    front=("corruption", "noise_level"),
)
