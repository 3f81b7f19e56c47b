"""1,797 digits of 8 x 8 pixels that come with scikit-learn."""

from aecore.errors import N_
from aecore.parts.datasets._dataset import DataProgram, DatasetSpec, Packaged, Raw
from aecore.parts.datasets._program import FIFTH, PARTS, SENTENCES, joined
from aecore.shapes import Picture


def read() -> Raw:
    """Pictures (n, 64), whose 17 greys are spread over those of a byte, and their labels (n,)."""
    import numpy as np
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return Raw(np.round(x * (255 / 16)).astype(np.uint8), y.astype(np.uint8))


_CODE = """
images, labels = load_digits(return_X_y=True)
rest, test = without_a_fifth(labels)
train, val = (rest[rows] for rows in parts(torch.tensor(labels[rest]), 8))
# 17 greys, as bytes and then from 0 (black) to 1 (white).
pixels = torch.tensor(np.round(images * (255 / 16)), dtype=torch.float32)
x = (pixels / 255).to(DEVICE)
x_train, x_val, x_test = x[train], x[val], x[test]
y_train, y_val, y_test = (torch.tensor(labels[rows]) for rows in (train, val, test))
"""

DATASET = DatasetSpec(
    key="digits-8x8",
    order=5,
    title=N_("Digits 8×8, 1,797 (bundled)"),
    name=N_("Digits 8×8"),
    says=N_("Handwritten digits of 43 people, so small that each pixel can be followed."),
    shape=Picture(1, 8, 8),
    one=N_("digit"),
    many=N_("digits"),
    classes=tuple("0123456789"),
    strokes=True,
    n_train=1_254,
    n_val=179,
    n_test=364,
    source=Packaged(read),
    publisher="E. Alpaydin, C. Kaynak (UCI); scikit-learn",
    licence="CC BY 4.0",
    program=DataProgram(
        code=joined(PARTS, FIFTH, _CODE),
        about=N_(
            "The digits come with scikit-learn. A fifth of each class is kept to test with, and of "
            "what is left every eighth for validation."
        ),
        packages=("scikit-learn",),
        imports=("from sklearn.datasets import load_digits",),
        sentences=(
            SENTENCES[PARTS],
            SENTENCES[FIFTH],
            N_("17 greys, as bytes and then from 0 (black) to 1 (white)."),
        ),
    ),
)
