"""MNIST: 70,000 handwritten digits."""

from aecore.errors import N_
from aecore.parts.datasets._dataset import DatasetSpec, IdxFiles
from aecore.parts.datasets._mnist_format import DIGIT, MNIST_CLASSES, full_program

DATASET = DatasetSpec(
    key="mnist",
    order=2,
    title="MNIST 70,000",
    name="MNIST",
    says=N_("Handwritten digits of 500 people, the most used pictures of machine learning."),
    shape=DIGIT,
    one=N_("digit"),
    many=N_("digits"),
    classes=MNIST_CLASSES,
    strokes=True,
    n_train=55_000,
    n_val=5_000,
    n_test=10_000,
    source=IdxFiles(
        folder="MNIST",
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "http://yann.lecun.com/exdb/mnist/",
        ),
        archive_bytes=(9_912_422, 28_881, 1_648_877, 4_542),
        archive_md5=(
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "d53e105ee54ea40749a09fcbcd1e9432",
            "9fb629c4189551a2d022fa330f9573f3",
            "ec29112dd5afa0611ce80d1b7f02629c",
        ),
        md5=(
            "6bbc9ace898e44ae57da46a324031adb",
            "a25bea736e30d166cdddb491f175f624",
            "2646ac647ad5339dbf082846283269ea",
            "27ae3e4e09519cfbb04c329615203637",
        ),
    ),
    publisher="Y. LeCun, C. Cortes, C. J. C. Burges",
    licence="CC BY-SA 3.0",
    program=full_program("MNIST"),
)
