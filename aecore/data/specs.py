"""The four datasets: what is known about each without loading it. No torch."""

from dataclasses import dataclass

from aecore.data.idx_files import IdxFile
from aecore.errors import N_
from aecore.spec.experiment import MOST_TRAINING, SIDE

BUNDLED = "mnist-5k"
"""The digits that need no download."""


@dataclass(frozen=True)
class DatasetSpec:
    """What is known about a dataset without loading it.

    Attributes:
        key: name in experiments, links and the command line.
        classes: name of each label 0-9; English ones are translation ids.
        n_train, n_val, n_test: number of pictures to learn from, to choose by and to test with.
        folder: of its files inside `data_dir()`, the name of torchvision's class; "" if bundled.
        mirrors: addresses of the folders that its .gz files are published in, in the order to try.
        archive_bytes, archive_md5: of its four .gz files, in the order of `files`.
        md5: of the four extracted files, where they are known.
    """

    key: str
    classes: tuple[str, ...]
    n_train: int = MOST_TRAINING
    n_val: int = 5_000
    n_test: int = 10_000
    folder: str = ""
    mirrors: tuple[str, ...] = ()
    archive_bytes: tuple[int, ...] = ()
    archive_md5: tuple[str, ...] = ()
    md5: tuple[str | None, ...] = (None,) * 4

    @property
    def download_bytes(self) -> int:
        """Bytes to fetch when nothing is on disk; 0 if bundled."""
        return sum(self.archive_bytes)

    @property
    def files(self) -> tuple[IdxFile, ...]:
        """Pictures and labels to learn from and choose by, and to test with; () if bundled."""
        if not self.folder:
            return ()
        n_published = self.n_train + self.n_val
        shapes = {
            "train-images-idx3-ubyte": (n_published, SIDE, SIDE),
            "train-labels-idx1-ubyte": (n_published,),
            "t10k-images-idx3-ubyte": (self.n_test, SIDE, SIDE),
            "t10k-labels-idx1-ubyte": (self.n_test,),
        }
        archives = zip(self.archive_bytes, self.archive_md5, self.md5, strict=True)
        return tuple(
            IdxFile(name, shape, size, archive_md5, md5)
            for (name, shape), (size, archive_md5, md5) in zip(
                shapes.items(), archives, strict=True
            )
        )


_DIGITS = tuple("0123456789")
_CLOTHES = (
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
)
_HIRAGANA = tuple("おきすつなはまやれを")

SPECS: dict[str, DatasetSpec] = {
    spec.key: spec
    for spec in (
        DatasetSpec("mnist-5k", _DIGITS, 3_500, 500, 1_000),
        DatasetSpec(
            "mnist",
            _DIGITS,
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
        DatasetSpec(
            "fashion-mnist",
            _CLOTHES,
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
        DatasetSpec(
            "kmnist",
            _HIRAGANA,
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
    )
}
