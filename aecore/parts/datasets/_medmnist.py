"""Medical pictures of 28 x 28 pixels, as MedMNIST publishes them."""

from pathlib import Path

from aecore.errors import N_
from aecore.parts.datasets._dataset import Archive, DataProgram, Raw
from aecore.parts.datasets._program import joined

MIRRORS = ("https://zenodo.org/records/10519652/files/",)
LICENCE = "CC BY 4.0"
FOLDER = "MedMNIST"


def read(path: Path) -> Raw:
    """Greys (n, 28, 28) or colours (n, 3, 28, 28), and labels (n,), in the publisher's parts."""
    import numpy as np

    with np.load(path, allow_pickle=False) as file:
        x = {part: file[f"{part}_images"] for part in ("train", "val", "test")}
        y = {part: file[f"{part}_labels"].reshape(-1) for part in x}
    if any(values.dtype != np.uint8 for values in (*x.values(), *y.values())):
        raise ValueError("pixels and labels are bytes")
    x = {part: np.moveaxis(v, 3, 1) if v.ndim == 4 else v for part, v in x.items()}
    return Raw(x["train"], y["train"], x["val"], y["val"], x["test"], y["test"])


def archive(name: str, size: int, md5: str) -> Archive:
    """One of MedMNIST's files."""
    return Archive(FOLDER, name, MIRRORS, size, md5, read)


_CODE = '''
def part(name):
    """Pictures from 0 (dark) to 1 (bright), colour by colour, and their labels."""
    pixels = torch.tensor(file[f"{{name}}_images"]).view(-1, 28, 28, {channels})
    labels = torch.tensor(file[f"{{name}}_labels"]).flatten().long()
    return (pixels.movedim(3, 1).flatten(1).float() / 255).to(DEVICE), labels


path = pooch.retrieve(
    "{source}{name}",
    "md5:{md5}",
    "{name}",
    f"{{DATA}}/{folder}",
)
file = np.load(path)
x_train, y_train = part("train")
x_val, y_val = part("val")
x_test, y_test = part("test")
'''


def program(source: Archive, channels: int) -> DataProgram:
    """How an exported program gets one of MedMNIST's files, with so many channels."""
    code = _CODE.format(
        channels=channels,
        source=source.mirrors[0],
        name=source.name,
        md5=source.md5,
        folder=source.folder,
    )
    return DataProgram(
        code=joined(code),
        about=N_("The pictures are fetched once, in the three parts that their publisher made."),
        packages=("pooch",),
        imports=("import pooch",),
        sentences=(
            N_("Pictures from 0 (dark) to 1 (bright), colour by colour, and their labels."),
        ),
    )
