"""CIFAR-10: 60,000 small photos of animals and vehicles."""

from pathlib import Path

from aecore.errors import N_
from aecore.parts.datasets._dataset import Archive, DataProgram, DatasetSpec, Raw
from aecore.parts.datasets._program import PARTS, SENTENCES, joined
from aecore.shapes import Picture

SHAPE = Picture(3, 32, 32)
BATCH = 10_000
"""Pictures in each of the six files in the archive."""

SOURCE = "https://www.cs.toronto.edu/~kriz/"
NAME = "cifar-10-binary.tar.gz"
MD5 = "c32a1d4ab5d03f1284b67883e8d87530"


def read(path: Path) -> Raw:
    """Colours (n, 3072) and labels (n,), from bytes alone: nothing in the archive is unpickled."""
    import tarfile

    import numpy as np

    names = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    with tarfile.open(path, "r:gz") as archive:
        batches = []
        for name in names:
            member = archive.extractfile(f"cifar-10-batches-bin/{name}")
            if member is None:
                raise KeyError(name)
            # A byte for the label, then red, green and blue, each row by row.
            rows = np.frombuffer(member.read(BATCH * (1 + SHAPE.size) + 1), np.uint8)
            batches.append(rows.reshape(BATCH, 1 + SHAPE.size))
    given, test = np.concatenate(batches[:-1]), batches[-1]
    return Raw(given[:, 1:], given[:, 0], x_test=test[:, 1:], y_test=test[:, 0])


_CODE = '''
def batch(archive, name):
    """Labels and pictures of a file: red, green, blue, from 0 (dark) to 1 (bright)."""
    data = archive.extractfile(f"cifar-10-batches-bin/{{name}}").read()
    rows = torch.frombuffer(bytearray(data), dtype=torch.uint8).view({batch}, -1)
    return rows[:, 0].long(), (rows[:, 1:].float() / 255).to(DEVICE)


path = pooch.retrieve(
    "{source}{name}",
    "md5:{md5}",
    "{name}",
    f"{{DATA}}/CIFAR10",
)
with tarfile.open(path) as archive:
    names = [f"data_batch_{{i}}.bin" for i in range(1, 6)]
    labels, pixels = zip(*(batch(archive, name) for name in names), strict=True)
    y_test, x_test = batch(archive, "test_batch.bin")
x, y = torch.cat(pixels), torch.cat(labels)
train, val = parts(y, 10)
x_train, x_val, y_train, y_val = x[train], x[val], y[train], y[val]
'''

DATASET = DatasetSpec(
    key="cifar-10",
    order=7,
    title="CIFAR-10 60,000",
    name="CIFAR-10",
    says=N_("Small colour photos of animals and vehicles."),
    shape=SHAPE,
    classes=(
        N_("airplane"),
        N_("automobile"),
        N_("bird"),
        N_("cat"),
        N_("deer"),
        N_("dog"),
        N_("frog"),
        N_("horse"),
        N_("ship"),
        N_("truck"),
    ),
    n_train=45_000,
    n_val=5_000,
    n_test=10_000,
    source=Archive(
        folder="CIFAR10",
        name=NAME,
        mirrors=(SOURCE, "https://cave.cs.toronto.edu/kriz/"),
        size=170_052_171,
        md5=MD5,
        read=read,
    ),
    publisher="A. Krizhevsky, V. Nair, G. Hinton",
    licence=N_("none stated; its authors ask to be cited"),
    program=DataProgram(
        code=joined(PARTS, _CODE.format(batch=BATCH, source=SOURCE, name=NAME, md5=MD5)),
        about=N_(
            "The pictures are fetched once. Every tenth of each class is kept apart for validation; "
            "the test pictures are others again."
        ),
        packages=("pooch",),
        imports=("import tarfile", "import pooch"),
        sentences=(
            SENTENCES[PARTS],
            N_("Labels and pictures of a file: red, green, blue, from 0 (dark) to 1 (bright)."),
        ),
    ),
)
