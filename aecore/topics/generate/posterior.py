"""Where codes lie, how wide they are, and how much each of their numbers carries."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis.latent import Points
from aecore.topics.latent_space.ask import LARGEST
from aecore.training.diagnosis import COLLAPSED
from aecore.training.evaluation import in_chunks
from aecore.training.loop import corrupt_fixed
from aecore.training.subject import Subject


@dataclass(frozen=True, eq=False)
class Posteriors:
    """Where each test picture's code lies, and how wide it is.

    Attributes:
        mu: (n, latent_dim), the codes, or their means.
        sigma: likewise, their standard deviations; None for codes that are points.
        kl: (latent_dim,), mean KL divergence from N(0, 1) in nats; None likewise.
        variance: (latent_dim,), of mu from picture to picture.
        order: (latent_dim,), dimensions by KL, or else by variance, largest first.
        collapsed: (latent_dim,), which have less KL than `COLLAPSED`; all False without KL.
        labels: (n,), the classes.
        finite: False if the model gave something else than numbers; that is zero here.
    """

    mu: Points
    sigma: Points | None
    kl: NDArray[np.float64] | None
    variance: NDArray[np.float64]
    order: NDArray[np.int64]
    collapsed: NDArray[np.bool_]
    labels: NDArray[np.int64]
    finite: bool


@torch.no_grad()
def posteriors(subject: Subject) -> Posteriors:
    """The codes of all test pictures, given the same input as in training."""
    x_input = corrupt_fixed(subject.model.experiment, subject.dataset.x_test)
    code = subject.model.code(in_chunks(subject.model.hidden, x_input), None)
    mu, finite = usable(code.mean)
    variance = mu.var(axis=0, dtype=np.float64)
    sigma, kl = None, None
    collapsed = np.zeros(len(variance), np.bool_)
    if code.sigma is not None:
        sigma = usable(code.sigma)[0]
    if code.kl is not None:
        kl = usable(code.kl)[0].mean(axis=0, dtype=np.float64)
        collapsed = kl < COLLAPSED
    return Posteriors(
        mu=mu,
        sigma=sigma,
        kl=kl,
        variance=variance,
        order=np.argsort(-(variance if kl is None else kl), kind="stable"),
        collapsed=collapsed,
        labels=subject.dataset.y_test.cpu().numpy(),
        finite=finite,
    )


def usable(values: Tensor) -> tuple[Points, bool]:
    """As an array; what a diverged run gives instead of numbers becomes zero, and is told."""
    fine = values.abs() < LARGEST  # False for NaN too
    array: Points = values.where(fine, 0.0).cpu().numpy()
    return array, bool(fine.all())
