"""What a model saves as a compressor: bytes per sample against error, next to PCA and files."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.data.cache import DatasetCache
from aecore.model.networks import numbers_of
from aecore.model.pca import PCA
from aecore.shapes import Picture
from aecore.spec.view import Viewed
from aecore.topics.compression import measure as compression
from aecore.topics.compression.measure import MOST_BITS, SHEET, FilePoint, Range
from aecore.training.evaluation import CHUNK, finite, in_chunks
from aecore.training.loop import training_pictures
from aecore.training.references import fitted_pca
from aecore.training.subject import Subject

MOST_FITTED = 4_000
"""Training pictures that the ranges come from, at most."""

FLOAT = 4
"""Bytes of one weight."""

ALL_BITS = tuple(range(1, MOST_BITS + 1))


@dataclass(frozen=True)
class Rate:
    """What one setting costs and loses.

    Attributes:
        bits: per number of the code.
        numbers: of the code; of a vector-quantised one, how many codebook entries it names.
        bytes: per sample.
        mse: mean squared error per number over the test samples.
        pca_components, pca_bits: how PCA spends at most as many bits best.
        pca_bytes, pca_mse: likewise for PCA.
        ahead: by how much less the model errs than PCA, sample by sample.
    """

    bits: float
    numbers: int
    bytes: float
    mse: float
    pca_components: int
    pca_bits: int
    pca_bytes: float
    pca_mse: float
    ahead: Interval


@dataclass(frozen=True, eq=False)
class Compressor:
    """A model as a compressor.

    Attributes:
        rates: one for each number of bits; a single one if the code is whole numbers already.
        whole: whether it is.
        exact_mse: the error with the code as it is.
        code: the range of each number of the code.
        pca: the range of each of PCA's coefficients.
        decoder_bytes: what whoever restores the samples needs once: weights, codebook, ranges.
        n_test: test samples that the errors are means over.
    """

    rates: tuple[Rate, ...]
    whole: bool
    exact_mse: float
    code: Range
    pca: Range
    decoder_bytes: int
    n_test: int


@dataclass(frozen=True, eq=False)
class Files:
    """What the test pictures weigh as picture files.

    Attributes:
        alone: format -> points, each picture in a file of its own.
        together: likewise, 100 pictures sharing one sheet.
        n_alone, n_together: pictures that these are means over.
    """

    alone: Mapping[str, tuple[FilePoint, ...]]
    together: Mapping[str, tuple[FilePoint, ...]]
    n_alone: int
    n_together: int


@dataclass(frozen=True, eq=False)
class Jpeg:
    """What JPEG leaves of pictures, at the size nearest to the model's at each setting.

    Attributes:
        pictures: (settings, n, *shape.seen), from a sheet of 100 that they share with test pictures.
        mse: (settings, n), per pixel.
        bytes: (settings,), per picture of the sheet.
        quality: (settings,).
    """

    pictures: Viewed
    mse: NDArray[np.float32]
    bytes: NDArray[np.float32]
    quality: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Restored:
    """Some samples, and what each way of compressing leaves of them at each setting.

    Attributes:
        originals: (n, *shape.seen).
        model, pca: (settings, n, *shape.seen).
        model_mse, pca_mse: (settings, n), per number.
        jpeg: likewise; None where the samples are no pictures.
    """

    originals: Viewed
    model: Viewed
    pca: Viewed
    model_mse: NDArray[np.float32]
    pca_mse: NDArray[np.float32]
    jpeg: Jpeg | None


def measure(
    subject: Subject, bits: tuple[int, ...] = ALL_BITS, most: int | None = CHUNK
) -> Compressor:
    """Size and error of the model's code at each number of bits, and PCA's at the same size.

    Samples go in as they are, also where the model has learned to mend corrupted ones: files get
    them so, too.

    Args:
        subject: whose model and samples.
        bits: per number of the code; has no meaning if the code is whole numbers already.
        most: how many of the test samples; None for all.
    """
    x, known = subject.dataset.x_test[:most], _known(subject)
    z, fitted = _encode(subject, x), _pca(subject)
    code = compression.range_of(_encode(subject, known))
    coefficients = fitted.encode(known, subject.shape.size).cpu().numpy()
    pca_range = compression.range_of(coefficients)
    table = compression.split_table(coefficients, pca_range)
    rates = []
    for setting in bits if vectors_of(subject) is None else (None,):
        numbers, per_number = _size(subject, setting)
        components, pca_bits = table.best(numbers * per_number)
        ours = _decode(subject, _kept(z, code, setting))
        theirs = _pca_restored(fitted, x, pca_range, components, pca_bits)
        rates.append(
            Rate(
                bits=per_number,
                numbers=numbers,
                bytes=compression.bytes_per_sample(numbers, per_number),
                mse=_mse(ours, x),
                pca_components=components,
                pca_bits=pca_bits,
                pca_bytes=compression.bytes_per_sample(components, pca_bits),
                pca_mse=_mse(theirs, x),
                ahead=intervals.of_difference(_errors(theirs, x), _errors(ours, x)),
            )
        )
    return Compressor(
        rates=tuple(rates),
        whole=vectors_of(subject) is not None,
        exact_mse=_mse(_decode(subject, z), x),
        code=code,
        pca=pca_range,
        decoder_bytes=_decoder_bytes(subject),
        n_test=len(x),
    )


def files(subject: Subject) -> Files | None:
    """What the test pictures weigh as PNG, JPEG and WebP; None of what are no pictures."""
    if not isinstance(subject.shape, Picture):
        return None
    x_test = subject.dataset.x_test[:CHUNK]
    return _files.get(subject.dataset, None, lambda: _write(subject.seen(x_test)))


def restore_test(subject: Subject, indices: tuple[int, ...], measured: Compressor) -> Restored:
    """Some of the test samples, compressed and restored in each way at each setting."""
    picked = torch.tensor(indices, device=subject.dataset.device)
    return _restore(subject, subject.dataset.x_test[picked], measured)


def restore_own(subject: Subject, pixels: NDArray[np.float32], measured: Compressor) -> Restored:
    """The same for samples from outside: (n, numbers), in [0, 1]."""
    return _restore(subject, torch.from_numpy(pixels).to(subject.dataset.device), measured)


def vectors_of(subject: Subject) -> int | None:
    """How many entries of a codebook name the code; None for a code without one."""
    code, e = subject.model.code, subject.model.experiment
    return e.latent_dim // e.vector_size if code.kind.codebook else None


def _size(subject: Subject, setting: int | None) -> tuple[int, float]:
    """How many numbers are kept of a picture, and the bits of each."""
    vectors, e = vectors_of(subject), subject.model.experiment
    if vectors is not None:
        return vectors, math.log2(e.codebook_size)
    assert setting is not None
    return e.latent_dim, setting


def _kept(z: NDArray[np.float32], code: Range, setting: int | None) -> NDArray[np.float32]:
    """Codes after rounding; those of a codebook are as they are."""
    return z if setting is None else compression.rounded(z, code, setting)


def _restore(subject: Subject, x: Tensor, measured: Compressor) -> Restored:
    z, fitted, originals = _encode(subject, x), _pca(subject), subject.seen(x)
    kept = [
        _kept(z, measured.code, None if measured.whole else round(rate.bits))
        for rate in measured.rates
    ]
    ours = [_decode(subject, each) for each in kept]
    theirs = [
        _pca_restored(fitted, x, measured.pca, rate.pca_components, rate.pca_bits)
        for rate in measured.rates
    ]
    return Restored(
        originals=originals,
        model=np.stack([subject.seen(y) for y in ours]),
        pca=np.stack([subject.seen(y) for y in theirs]),
        model_mse=np.stack([_errors(y, x) for y in ours]),
        pca_mse=np.stack([_errors(y, x) for y in theirs]),
        jpeg=_jpeg(subject, originals, measured) if isinstance(subject.shape, Picture) else None,
    )


def _jpeg(subject: Subject, originals: Viewed, measured: Compressor) -> Jpeg:
    sizes, sheets = _jpegs(subject, originals)
    nearest = [compression.nearest_size(sizes, rate.bytes) for rate in measured.rates]
    pictures = np.stack([sheets[sizes.index(point)] for point in nearest])
    return Jpeg(
        pictures=pictures,
        mse=np.stack([compression.picture_errors(each, originals) for each in pictures]),
        bytes=np.array([point.bytes for point in nearest], np.float32),
        quality=np.array([point.quality for point in nearest], np.int64),
    )


def _jpegs(subject: Subject, pictures: Viewed) -> tuple[tuple[FilePoint, ...], list[Viewed]]:
    """The pictures on a sheet with others, at each quality: the sheet's size, and they restored."""
    others = subject.seen(subject.dataset.x_test[: max(0, SHEET - len(pictures))])
    sheet = compression.sheet_of(np.concatenate([pictures, others]))
    points, restored = [], []
    for quality in compression.QUALITIES["jpeg"]:
        n_bytes, back = compression.through_file(sheet, "jpeg", quality)
        per_picture = n_bytes / (len(pictures) + len(others))
        restored.append(compression.cut(back, pictures))
        error = float(compression.picture_errors(restored[-1], pictures).mean())
        points.append(FilePoint(quality, per_picture, error))
    return tuple(points), restored


_files: DatasetCache[None, Files] = DatasetCache(maxsize=1)


def _write(pictures: Viewed) -> Files:
    first = pictures[:SHEET]
    kinds = compression.QUALITIES
    return Files(
        alone={kind: compression.file_points(first, kind, together=False) for kind in kinds},
        together={kind: compression.file_points(pictures, kind, together=True) for kind in kinds},
        n_alone=len(first),
        n_together=len(pictures),
    )


def _known(subject: Subject) -> Tensor:
    """Pictures that the model may have learned from."""
    e = subject.model.experiment
    return training_pictures(subject.dataset, e.n_train, e.classes)[:MOST_FITTED]


def _pca(subject: Subject) -> PCA:
    e = subject.model.experiment
    return fitted_pca(subject.dataset, e.n_train, e.classes)


def _pca_restored(fitted: PCA, x: Tensor, within: Range, components: int, bits: int) -> Tensor:
    coefficients = fitted.encode(x, components).cpu().numpy()
    kept = compression.rounded(coefficients, within.first(components), bits)
    return fitted.decode(torch.from_numpy(kept).to(x.device))


def _encode(subject: Subject, x: Tensor) -> NDArray[np.float32]:
    """(n, latent_dim); a diverged model's are 0 where they are no numbers."""
    return finite(in_chunks(subject.model.encode, x))


def _decode(subject: Subject, z: NDArray[np.float32]) -> Tensor:
    codes = torch.from_numpy(z).to(subject.dataset.device)
    return in_chunks(subject.model.decode, codes)


def _decoder_bytes(subject: Subject) -> int:
    """Weights of the decoder, and the codebook or the two ends of each number's range."""
    model = subject.model
    numbers = numbers_of(model.decoder)
    if model.code.kind.codebook:
        numbers += numbers_of(model.code)
    else:
        numbers += 2 * model.experiment.latent_dim
    return FLOAT * numbers


def _errors(x_hat: Tensor, x: Tensor) -> NDArray[np.float32]:
    return (x_hat - x).square().mean(dim=1).cpu().numpy()


def _mse(x_hat: Tensor, x: Tensor) -> float:
    return (x_hat - x).square().mean().item()
