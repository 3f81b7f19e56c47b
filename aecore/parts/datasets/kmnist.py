"""KMNIST: 70,000 characters of old Japanese books."""

from aecore.errors import N_
from aecore.parts.datasets._dataset import DatasetSpec, IdxFiles
from aecore.parts.datasets._mnist_format import DIGIT, full_program

DATASET = DatasetSpec(
    key="kmnist",
    order=4,
    title="KMNIST 70,000",
    name="KMNIST",
    says=N_("Characters of Japanese books from before 1900."),
    shape=DIGIT,
    classes=tuple("おきすつなはまやれを"),
    strokes=True,
    n_train=55_000,
    n_val=5_000,
    n_test=10_000,
    source=IdxFiles(
        folder="KMNIST",
        mirrors=("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        archive_bytes=(18_165_135, 29_497, 3_041_136, 5_120),
        archive_md5=(
            "bdb82020997e1d708af4cf47b453dcf7",
            "e144d726b3acfaa3e44228e80efcd344",
            "5c965bf0a639b31b8f53240b1b52f4d7",
            "7320c461ea6c1c855c0b718fb2a4b134",
        ),
    ),
    publisher="ROIS-DS CODH (T. Clanuwat, M. Bober-Irizar, A. Kitamoto et al.)",
    licence="CC BY-SA 4.0",
    program=full_program("KMNIST"),
)
