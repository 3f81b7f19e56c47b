"""PneumoniaMNIST: 5,856 X-ray pictures of children's chests."""

from aecore.errors import N_
from aecore.parts.datasets._dataset import DatasetSpec
from aecore.parts.datasets._medmnist import LICENCE, archive, program
from aecore.shapes import Picture

_SOURCE = archive("pneumoniamnist.npz", 4_170_000, "28209eda62fecd6e6a2d98b1501bb15f")

DATASET = DatasetSpec(
    key="pneumonia-mnist",
    order=8,
    title="PneumoniaMNIST 5,856",
    name="PneumoniaMNIST",
    says=N_(
        "X-rays of children's chests, with and without pneumonia: to learn with, not to diagnose."
    ),
    shape=Picture(1, 28, 28),
    classes=(N_("healthy"), N_("pneumonia")),
    usual=(0,),
    n_train=4_708,
    n_val=524,
    n_test=624,
    source=_SOURCE,
    publisher="D. Kermany, K. Zhang, M. Goldbaum; MedMNIST (J. Yang, R. Shi, B. Ni et al.)",
    licence=LICENCE,
    program=program(_SOURCE, channels=1),
)
