"""Wisconsin breast cancer: 569 tumours, 30 measurements of their cells, from scikit-learn."""

from aecore.errors import N_
from aecore.parts.datasets._dataset import DataProgram, DatasetSpec, Packaged, Raw
from aecore.parts.datasets._program import FIFTH, PARTS, SCALE, SENTENCES, joined
from aecore.shapes import Feature, Row

FEATURES = (
    N_("mean radius"),
    N_("mean texture"),
    N_("mean perimeter"),
    N_("mean area"),
    N_("mean smoothness"),
    N_("mean compactness"),
    N_("mean concavity"),
    N_("mean concave points"),
    N_("mean symmetry"),
    N_("mean fractal dimension"),
    N_("radius error"),
    N_("texture error"),
    N_("perimeter error"),
    N_("area error"),
    N_("smoothness error"),
    N_("compactness error"),
    N_("concavity error"),
    N_("concave points error"),
    N_("symmetry error"),
    N_("fractal dimension error"),
    N_("worst radius"),
    N_("worst texture"),
    N_("worst perimeter"),
    N_("worst area"),
    N_("worst smoothness"),
    N_("worst compactness"),
    N_("worst concavity"),
    N_("worst concave points"),
    N_("worst symmetry"),
    N_("worst fractal dimension"),
)
"""As scikit-learn names them. Lengths are in pixels of the microscope, whose size nobody wrote down."""


def read() -> Raw:
    """Measurements (n, 30), and their labels (n,): 0 malignant, 1 benign."""
    import numpy as np
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    return Raw(x, y.astype(np.uint8))


_CODE = """
table, labels = load_breast_cancer(return_X_y=True)
rest, test = without_a_fifth(labels)
train, val = (rest[rows] for rows in parts(torch.tensor(labels[rest]), 5))
low, high = np.quantile(table[train], (0.005, 0.995), axis=0)
x_train, x_val, x_test = (scaled(table[rows]) for rows in (train, val, test))
y_train, y_val, y_test = (torch.tensor(labels[rows]) for rows in (train, val, test))
"""

DATASET = DatasetSpec(
    key="breast-cancer",
    order=31,
    title=N_("Breast cancer, 569 rows (bundled)"),
    name=N_("Breast cancer"),
    says=N_(
        "Thirty measurements of the cell nuclei of each tumour: to learn with, not to diagnose."
    ),
    shape=Row(tuple(Feature(name) for name in FEATURES)),
    one=N_("tumour"),
    many=N_("tumours"),
    classes=(N_("malignant"), N_("benign")),
    usual=(1,),
    n_train=364,
    n_val=90,
    n_test=115,
    source=Packaged(read),
    publisher="W. H. Wolberg, W. N. Street, O. L. Mangasarian (UCI); scikit-learn",
    licence="CC BY 4.0",
    program=DataProgram(
        code=joined(PARTS, FIFTH, SCALE, _CODE),
        about=N_(
            "The table comes with scikit-learn. A fifth of each class is kept to test with, and of "
            "what is left every fifth for validation."
        ),
        packages=("scikit-learn",),
        imports=("from sklearn.datasets import load_breast_cancer",),
        sentences=(SENTENCES[PARTS], SENTENCES[FIFTH], SENTENCES[SCALE]),
    ),
)
