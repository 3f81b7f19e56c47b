"""compress: how few bytes a model keeps a sample in, and what that loses, next to PCA and files."""

import argparse
from typing import TYPE_CHECKING, Any

from aecore.commands import _runs, _shared
from aecore.spec.fields import Number

if TYPE_CHECKING:
    from aecore.commands._shared import Commands
    from aecore.topics.compression.ask import Files

ORDER = 21

MOST_BITS = 16
"""As in `aecore.topics.compression.measure`, whose imports should wait until the arguments are good."""
BITS = Number(title="Bits", help="", part="", low=1, high=MOST_BITS, whole=True)


def add(commands: "Commands") -> None:
    """Declares the command."""
    compress = commands.add_parser(
        "compress", help="measure a run as a compressor: bytes per sample and error"
    )
    _runs.add_run(compress)
    compress.add_argument(
        "--bits",
        default="8",
        metavar="VALUE",
        help="bits for each number of the code, 1 to 16 (default 8); a vector-quantised code is "
        "whole numbers already and keeps its own",
    )
    compress.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    bits = BITS.count("--bits", arguments.bits)
    subject = _runs.subject(arguments)
    from aecore.files import store
    from aecore.topics.compression import ask as compression

    measured = compression.measure(subject, (bits,), most=None)
    (rate,) = measured.rates
    result = {
        "run": arguments.saved_run,
        "variant": subject.model.experiment.variant,
        "latent_dim": subject.model.experiment.latent_dim,
        "dataset": subject.dataset.key,
        "n_test": measured.n_test,
        "bits": rate.bits,
        "numbers": rate.numbers,
        "bytes_per_sample": rate.bytes,
        "bytes_uncompressed": subject.shape.size,
        "test_mse": rate.mse,
        "test_mse_unrounded": measured.exact_mse,
        "pca_components": rate.pca_components,
        "pca_bits": rate.pca_bits,
        "pca_bytes_per_sample": rate.pca_bytes,
        "pca_test_mse": rate.pca_mse,
        **_as_files(compression.files(subject), rate.bytes),
        "decoder_bytes": measured.decoder_bytes,
    }
    return dict(store.without_nan(result))


def _as_files(files: "Files | None", size: float) -> dict[str, Any]:
    """What the pictures weigh as files nearest to a size in bytes; nothing of what are none."""
    from aecore.topics.compression.measure import SHEET, nearest_size

    if files is None:
        return {}
    jpeg, webp = (nearest_size(files.together[kind], size) for kind in ("jpeg", "webp"))
    return {
        "pictures_per_sheet": SHEET,
        "jpeg_quality": jpeg.quality,
        "jpeg_bytes": jpeg.bytes,
        "jpeg_mse": jpeg.mse,
        "jpeg_file_bytes": _alone(files.alone["jpeg"], jpeg.quality),
        "webp_quality": webp.quality,
        "webp_bytes": webp.bytes,
        "webp_mse": webp.mse,
        "webp_file_bytes": _alone(files.alone["webp"], webp.quality),
        "png_bytes": files.together["png"][0].bytes,
        "png_file_bytes": files.alone["png"][0].bytes,
    }


def _alone(points: tuple[Any, ...], quality: int | None) -> float:
    """Bytes of a file with one picture, at the same quality."""
    return float(next(point.bytes for point in points if point.quality == quality))
