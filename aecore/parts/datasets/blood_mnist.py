"""BloodMNIST: 17,092 blood cells under the microscope."""

from aecore.errors import N_
from aecore.parts.datasets._dataset import DatasetSpec
from aecore.parts.datasets._medmnist import LICENCE, archive, program
from aecore.shapes import Picture

_SOURCE = archive("bloodmnist.npz", 35_500_000, "7053d0359d879ad8a5505303e11de1dc")

DATASET = DatasetSpec(
    key="blood-mnist",
    order=9,
    title="BloodMNIST 17,092",
    name="BloodMNIST",
    says=N_("Healthy blood cells of eight kinds in colour: to learn with, not to diagnose."),
    shape=Picture(3, 28, 28),
    one=N_("cell"),
    many=N_("cells"),
    classes=(
        N_("basophil"),
        N_("eosinophil"),
        N_("erythroblast"),
        N_("immature granulocyte"),
        N_("lymphocyte"),
        N_("monocyte"),
        N_("neutrophil"),
        N_("platelet"),
    ),
    n_train=11_959,
    n_val=1_712,
    n_test=3_421,
    source=_SOURCE,
    publisher="A. Acevedo et al.; MedMNIST (J. Yang, R. Shi, B. Ni et al.)",
    licence=LICENCE,
    program=program(_SOURCE, channels=3),
)
