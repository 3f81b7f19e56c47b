"""What MNIST and the datasets in its form have in common."""

from aecore.errors import N_
from aecore.parts.datasets import _program
from aecore.parts.datasets._dataset import DataProgram
from aecore.parts.datasets._program import PARTS, joined
from aecore.shapes import Picture

DIGIT = Picture(1, 28, 28)
"""One sample of MNIST, and of those that were made in its form."""

MNIST_CLASSES = tuple("0123456789")

PIXELS = '''
def pixels(images):
    """Pictures as rows of numbers from 0 (black) to 1 (white)."""
    return images.flatten(1).float().div(255).to(DEVICE)
'''

SENTENCES = (
    N_("Pictures as rows of numbers from 0 (black) to 1 (white)."),
    _program.SENTENCES[PARTS],
)

_FULL = """
given = datasets.{name}(DATA, train=True, download=True)
test = datasets.{name}(DATA, train=False, download=True)
train, val = parts(given.targets, 12)
x_train, x_val = pixels(given.data[train]), pixels(given.data[val])
y_train, y_val = given.targets[train], given.targets[val]
x_test, y_test = pixels(test.data), test.targets
"""


def full_program(name: str) -> DataProgram:
    """Of a full set, through torchvision's class of this name."""
    return DataProgram(
        code=joined(PIXELS, PARTS, _FULL.format(name=name)),
        about=N_(
            "torchvision fetches the pictures. Every twelfth of each class is kept apart for "
            "validation; the test pictures are others again."
        ),
        packages=("torchvision",),
        sentences=SENTENCES,
    )
