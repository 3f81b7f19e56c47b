"""The codes of all test samples, and what a decoder makes of codes in between."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from aecore.analysis import shape
from aecore.analysis.latent import Points
from aecore.errors import N_, ShapeError
from aecore.spec.view import Viewed
from aecore.training.evaluation import in_chunks
from aecore.training.loop import corrupt_fixed
from aecore.training.subject import Subject

QUANTILES = (0.005, 0.995)
MARGIN = 0.15
LARGEST = 1e12
"""Codes beyond are those of a diverged run; no slider and no chart can hold them."""


@dataclass(frozen=True, eq=False)
class Codes:
    """Where the test samples lie.

    Attributes:
        z: (n, latent_dim); zeros where the model gives no number, or one beyond `LARGEST`.
        labels: (n,), the classes.
        order: (latent_dim,), the numbers of the code, most varying first.
        low, high: (latent_dim,), the range of each number that nearly all test samples are in,
            somewhat widened.
        finite: whether there are no such zeros.
    """

    z: Points
    labels: NDArray[np.int64]
    order: NDArray[np.int64]
    low: Points
    high: Points
    finite: bool


@dataclass(frozen=True, eq=False)
class Walk:
    """Two ways from one test sample to another.

    Attributes:
        decoded: (steps, *shape.seen), along the straight line between their codes.
        faded: (steps, *shape.seen), along the straight line between the samples themselves.
        distance: how far apart the two codes are.
    """

    decoded: Viewed
    faded: Viewed
    distance: float


def test_codes(subject: Subject) -> Codes:
    """The codes of all test samples, given the same input as in training."""
    x_input = corrupt_fixed(subject.model.experiment, subject.dataset.x_test)
    raw = in_chunks(subject.model.encode, x_input)
    usable = raw.abs() < LARGEST  # False for NaN too
    z = raw.where(usable, 0.0).cpu().numpy()
    low, high = np.quantile(z, QUANTILES, axis=0)
    # A number that never changes still gets a slider that moves: as wide as the widest one.
    widest = max(float((high - low).max()), 1e-3 * float(np.abs(z).max())) or 1.0
    margin = np.where(high - low < 1e-3 * widest, widest / 2, MARGIN * (high - low))
    return Codes(
        z=z,
        labels=subject.dataset.y_test.cpu().numpy(),
        order=np.argsort(-z.std(axis=0, dtype=np.float64), kind="stable"),
        low=(low - margin).astype(np.float32),
        high=(high + margin).astype(np.float32),
        finite=bool(usable.all()),
    )


def decode(subject: Subject, z: Points) -> Viewed:
    """What codes decode to.

    Args:
        subject: whose decoder.
        z: (n, latent_dim).
    Raises:
        ShapeError: the codes are of another size.
    """
    size = subject.model.experiment.latent_dim
    if z.ndim != 2 or z.shape[1] != size:
        raise ShapeError(
            N_("Codes must have the shape (n, {expected}), not {received}."),
            expected=size,
            received=str(z.shape),
        )
    codes = torch.from_numpy(z.astype(np.float32)).to(subject.dataset.device)
    return subject.seen(subject.model.decode(codes))


def walk(subject: Subject, start: int, end: int, steps: int = 11) -> Walk:
    """From one test sample to another, in even steps: through the latent space, and by fading.

    Args:
        subject: whose model, and whose test samples.
        start, end: the two samples.
        steps: how many samples, with both ends.
    """
    pair = torch.tensor([start, end], device=subject.dataset.device)
    x_input = corrupt_fixed(subject.model.experiment, subject.dataset.x_test)
    z = subject.model.encode(x_input[pair])
    x = subject.dataset.x_test[pair]
    t = torch.linspace(0, 1, steps, device=z.device).unsqueeze(1)  # (steps, 1)
    return Walk(
        decoded=subject.seen(subject.model.decode((1 - t) * z[0] + t * z[1])),
        faded=subject.seen((1 - t) * x[0] + t * x[1]),
        distance=float((z[0] - z[1]).norm().nan_to_num(0.0)),
    )


def slants(subject: Subject) -> NDArray[np.float64]:
    """The slant of every test picture, in degrees: (n,). Asked of grey pictures alone."""
    return shape.slants(subject.seen(subject.dataset.x_test))


def stroke_thickness(subject: Subject) -> NDArray[np.float64]:
    """The thickness of the stroke of every test picture, in pixels: (n,). Likewise."""
    return shape.stroke_thickness(subject.seen(subject.dataset.x_test))
