"""What is known of a dataset without loading it, and where it comes from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aecore.errors import N_
from aecore.parts._records import LAST
from aecore.shapes import Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Raw(NamedTuple):
    """Samples as their publisher has them, with their labels from 0 on.

    Bytes are pixels from 0 to 255; any other numbers are measurements, which are scaled by those
    that are learned from. Parts that are None are taken from the first: a fifth of each class to
    test with, and of what is left every nth to choose by.

    Attributes:
        x: (n, …), channels before rows and columns, or as many numbers in any layout.
        y: (n,); None where nobody has labelled anything.
        x_val, y_val, x_test, y_test: likewise.
    """

    x: "NDArray[np.generic]"
    y: "NDArray[np.uint8] | None" = None
    x_val: "NDArray[np.generic] | None" = None
    y_val: "NDArray[np.uint8] | None" = None
    x_test: "NDArray[np.generic] | None" = None
    y_test: "NDArray[np.uint8] | None" = None


@dataclass(frozen=True)
class Packaged:
    """Comes with a package that the lab needs: nothing is ever fetched.

    Attributes:
        read: the samples.
    """

    read: Callable[[], Raw]

    @property
    def download_bytes(self) -> int:
        return 0


@dataclass(frozen=True)
class IdxFiles:
    """Four files of MNIST's format: pictures and labels to learn from, and to test with.

    Attributes:
        folder: of the files inside the data folder, the name of torchvision's class.
        mirrors: addresses of the folders that the .gz files are published in, in the order to try.
        archive_bytes, archive_md5: of the four .gz files.
        md5: of the four extracted files, where they are known.
    """

    folder: str
    mirrors: tuple[str, ...]
    archive_bytes: tuple[int, ...]
    archive_md5: tuple[str, ...]
    md5: tuple[str | None, ...] = (None,) * 4

    @property
    def download_bytes(self) -> int:
        """Bytes to fetch when nothing is on disk."""
        return sum(self.archive_bytes)


@dataclass(frozen=True)
class Archive:
    """One file with everything in it.

    Attributes:
        folder: of the file inside the data folder.
        name: of the file, in that folder and on the servers.
        mirrors: addresses of the folders that it is published in, in the order to try.
        size: of the file, in bytes, to a hundredth: publishers round it.
        md5: of the file.
        read: the samples, from where the file lies. Raises ValueError, KeyError, OSError, EOFError
            or what `zipfile` and `tarfile` raise where it is not what it should be.
    """

    folder: str
    name: str
    mirrors: tuple[str, ...]
    size: int
    md5: str
    read: Callable[[Path], Raw]

    @property
    def download_bytes(self) -> int:
        """Bytes to fetch when nothing is on disk."""
        return self.size


@dataclass(frozen=True)
class DataProgram:
    """How an exported program gets the same samples in the same parts.

    Attributes:
        code: defines `x_train`, `x_val`, `x_test`, (n, numbers) from 0 to 1 on DEVICE, and
            `y_train`, `y_val`, `y_test`, (n,), where there are classes. DATA is a folder for what
            it fetches.
        about: what happens there, in a sentence or two.
        packages: what it needs besides PyTorch, as pip calls them.
        imports: lines that import what it takes from them; torch, np (NumPy) and torchvision's
            `datasets` are there where it names them.
        sentences: comments and docstrings of `code`, to be said in the learner's language.
    """

    code: str
    about: str
    packages: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DatasetSpec:
    """All that is known of a dataset without loading it.

    Attributes:
        key: its name in experiments, links and the command line.
        order: its place in menus.
        title: what a menu calls it.
        name: the same in a word or two.
        says: what it is, in a sentence.
        shape: of a sample.
        one, many: what a sample is called, and several: translation ids.
        classes: name of each label, from 0 on; () where nobody has labelled anything. English ones
            are translation ids.
        usual: labels of the usual ones where the others are faults or illnesses; () where no class
            is more usual than another.
        strokes: whether a sample is something written, bright on black: then it has a slant and a
            stroke of some thickness.
        n_train, n_val, n_test: samples to learn from, to choose by and to test with.
        source: where it comes from.
        publisher: who made it, and where it is described.
        licence: what one may do with it.
        program: how an exported program gets it.
    """

    key: str
    order: int = LAST
    title: str
    name: str
    says: str
    shape: Shape
    one: str = N_("picture")
    many: str = N_("pictures")
    classes: tuple[str, ...] = ()
    usual: tuple[int, ...] = ()
    strokes: bool = False
    n_train: int
    n_val: int
    n_test: int
    source: Packaged | IdxFiles | Archive = field(compare=False)
    publisher: str
    licence: str
    program: DataProgram = field(compare=False)

    @property
    def is_bundled(self) -> bool:
        """Whether it is there without a download."""
        return isinstance(self.source, Packaged)

    @property
    def download_bytes(self) -> int:
        """Bytes to fetch when nothing is on disk; 0 if bundled."""
        return self.source.download_bytes
