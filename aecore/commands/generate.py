"""generate: samples decoded from codes that are drawn at random, and how clear they are."""

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aecore.commands import _destinations, _runs, _shared
from aecore.data import datasets
from aecore.spec.fields import Choice, Number, Spec

if TYPE_CHECKING:
    from aecore.commands._shared import Commands
    from aecore.model.autoencoder import Autoencoder
    from aecore.shapes import Shape
    from aecore.spec.view import Viewed

ORDER = 20
PER_ROW = 10

OPTIONS: dict[str, tuple[Spec, str]] = {
    "source": (
        Choice(
            title="",
            help="prior: N(0, I); fitted: a Gaussian with mean and covariance of the training codes",
            part="",
            choices={"prior": "", "fitted": ""},
        ),
        "prior",
    ),
    "n": (Number(title="", help="samples", part="", low=1, high=200, whole=True), "40"),
    "temperature": (Number(title="", help="scales the draws", part="", low=0, high=10), "1"),
    "seed": (
        Number(title="", help="decides the draws", part="", low=0, high=2**31 - 1, whole=True),
        "0",
    ),
}
"""Flag -> its limits and help, and its default as text."""


def add(commands: "Commands") -> None:
    """Declares the command."""
    generate = commands.add_parser("generate", help="draw codes at random and decode them")
    generate.add_argument(
        "--model", default="vae-16", help="a pretrained model, or the folder of a saved run"
    )
    for name, (spec, default) in OPTIONS.items():
        generate.add_argument(
            _shared.flag(name), default=default, metavar="VALUE", help=f"{spec.help} [{default}]"
        )
    _destinations.add_out(generate, metavar="FILE", help="write the pictures as PNG")
    generate.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        name: spec.parse(_shared.flag(name), getattr(arguments, name))
        for name, (spec, _default) in OPTIONS.items()
    }
    out = _destinations.file(arguments)
    from aecore.topics.generate import ask as generation
    from aecore.topics.generate.posterior import posteriors
    from aecore.training.subject import Subject

    subject = Subject(*_model(arguments.model))
    drawn = generation.samples(subject, **wanted)
    codes, real = posteriors(subject), generation.real_samples(subject, 1).clear
    clear = (
        {}
        if drawn.clear is None or real is None
        else {"clear_share": drawn.clear, "real_clear_share": real}
    )
    if out is not None:
        _destinations.write(out, _png(drawn.pictures, subject.shape))
    return {
        "model": arguments.model,
        "source": wanted["source"],
        "dataset": subject.dataset.key,
        **_shared.with_intervals(clear),
        "n_scored": generation.N_SCORED if clear else 0,
        "kl_per_dimension": None if codes.kl is None else codes.kl.tolist(),
        "variance_per_dimension": codes.variance.tolist(),
        "collapsed": (codes.collapsed.nonzero()[0] + 1).tolist(),
        "out": arguments.out,
    }


def _model(wanted: str) -> "tuple[Autoencoder, datasets.Dataset]":
    """A model, and the pictures it is asked about.

    Raises:
        RunError: this is neither a pretrained model nor on disk.
        StoreError: it holds no run that can be loaded.
    """
    from aecore.files import pretrained, store

    if wanted in pretrained.available() or not _runs.is_on_disk(wanted):
        return pretrained.load(wanted), datasets.load(datasets.BUNDLED, "cpu")
    model = store.load(Path(wanted))
    return model, datasets.load(model.experiment.dataset, "cpu", progress=_shared.Download())


def _png(samples: "Viewed", shape: "Shape") -> bytes:
    """Samples, drawn by their kind, in rows of ten as one PNG; the last row is filled up with black."""
    import numpy as np
    from PIL import Image

    from aecore.figures.samples import drawn

    pictures = drawn(samples, shape)
    n, height, width, *colours = pictures.shape
    rows = -(-n // PER_ROW)
    sheet = np.zeros((rows * PER_ROW, height, width, *colours), np.uint8)
    sheet[:n] = pictures
    grid = sheet.reshape(rows, PER_ROW, height, width, *colours).swapaxes(1, 2)
    file = io.BytesIO()
    Image.fromarray(grid.reshape(rows * height, PER_ROW * width, *colours)).save(file, format="PNG")
    return file.getvalue()
