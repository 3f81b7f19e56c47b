"""Fashion-MNIST: 70,000 articles of a mail-order house."""

from aecore.errors import N_
from aecore.parts.datasets._dataset import DatasetSpec, IdxFiles
from aecore.parts.datasets._mnist_format import DIGIT, full_program

DATASET = DatasetSpec(
    key="fashion-mnist",
    order=3,
    title="Fashion-MNIST 70,000",
    name="Fashion-MNIST",
    says=N_("Clothes, shoes and bags of a mail-order house."),
    shape=DIGIT,
    classes=(
        N_("T-shirt/top"),
        N_("Trouser"),
        N_("Pullover"),
        N_("Dress"),
        N_("Coat"),
        N_("Sandal"),
        N_("Shirt"),
        N_("Sneaker"),
        N_("Bag"),
        N_("Ankle boot"),
    ),
    n_train=55_000,
    n_val=5_000,
    n_test=10_000,
    source=IdxFiles(
        folder="FashionMNIST",
        mirrors=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        archive_bytes=(26_421_880, 29_515, 4_422_102, 5_148),
        archive_md5=(
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "25c81989df183df01b3e8a0aad5dffbe",
            "bef4ecab320f06d8554ea6380940ec79",
            "bb300cfdad3c16e7a12a480ee83cd310",
        ),
    ),
    publisher="Zalando Research (H. Xiao, K. Rasul, R. Vollgraf)",
    licence="MIT",
    program=full_program("FashionMNIST"),
)
