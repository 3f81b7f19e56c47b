"""Patches of brick, grass and gravel, cut from three photos that come with scikit-image."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.datasets._dataset import DataProgram, DatasetSpec, Packaged, Raw
from aecore.parts.datasets._program import joined
from aecore.shapes import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 32
STEP = 16
"""Pixels from one patch to the next: neighbours of a part share half of theirs."""

ROWS = ((0, 320), (320, 416), (416, 512))
"""Of each photo, those to learn from, to choose by and to test with."""


def read() -> Raw:
    """Patches (n, 32, 32) and their labels (n,), in parts that share no pixel."""
    (x, y), (x_val, y_val), (x_test, y_test) = (_patches(*rows) for rows in ROWS)
    return Raw(x, y, x_val, y_val, x_test, y_test)


def _patches(start: int, end: int) -> "tuple[NDArray[np.uint8], NDArray[np.uint8]]":
    """All patches between two rows of the three photos, mixed, and which photo each is of."""
    import numpy as np
    from skimage.data import brick, grass, gravel

    strips = np.stack([brick(), grass(), gravel()])[:, start:end]
    patches = np.lib.stride_tricks.sliding_window_view(strips, (SIDE, SIDE), axis=(1, 2))
    patches = patches[:, ::STEP, ::STEP]  # (photos, down, across, SIDE, SIDE)
    labels = np.repeat(np.arange(3, dtype=np.uint8), patches[0, :, :, 0, 0].size)
    mixed = np.random.RandomState(55).permutation(len(labels))
    return patches.reshape(-1, SIDE, SIDE)[mixed], labels[mixed]


_CODE = f'''
def patches(start, end):
    """All patches between two rows of the photos, mixed, and which photo each is of."""
    strips = torch.tensor(photos[:, start:end]).float() / 255
    found = strips.unfold(1, {SIDE}, {STEP}).unfold(2, {SIDE}, {STEP}).flatten(1, 2)
    labels = torch.arange(3).repeat_interleave(found.shape[1])
    mixed = np.random.RandomState(55).permutation(len(labels))
    return found.flatten(0, 1).flatten(1)[mixed].to(DEVICE), labels[mixed]


photos = np.stack([brick(), grass(), gravel()])
x_train, y_train = patches{ROWS[0]}
x_val, y_val = patches{ROWS[1]}
x_test, y_test = patches{ROWS[2]}
'''

DATASET = DatasetSpec(
    key="textures",
    order=6,
    title=N_("Textures, 2,697 patches (bundled)"),
    name=N_("Textures"),
    says=N_("Patches of three photos: a brick wall, grass, and gravel."),
    shape=Picture(1, SIDE, SIDE),
    one=N_("patch"),
    many=N_("patches"),
    classes=(N_("brick"), N_("grass"), N_("gravel")),
    n_train=1_767,
    n_val=465,
    n_test=465,
    source=Packaged(read),
    publisher="CC0 Textures, Linolafett; scikit-image",
    licence="CC0",
    program=DataProgram(
        code=joined(_CODE),
        about=N_(
            "The photos come with scikit-image. Patches are cut from their upper part to learn from, "
            "and from the two parts below for validation and to test with."
        ),
        packages=("scikit-image",),
        imports=("from skimage.data import brick, grass, gravel",),
        sentences=(
            N_("All patches between two rows of the photos, mixed, and which photo each is of."),
        ),
    ),
)
