"""What a conditional model makes of a chosen class, in a drawn style or a borrowed one."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis import intervals, shape
from aecore.analysis.intervals import Interval
from aecore.spec.view import Viewed
from aecore.topics.generate import measure as generation
from aecore.topics.generate.ask import N_KNOWN
from aecore.training.loop import corrupt_fixed
from aecore.training.subject import Subject

N_CODES = 200
"""Codes that the share of obeyed wishes is taken over."""


@dataclass(frozen=True, eq=False)
class InEveryClass:
    """Codes, decoded as each of the classes.

    Attributes:
        pictures: (codes, classes, *shape.seen).
        obeyed: the share of all such pictures, over `N_CODES` codes, that nearest neighbours
            among real digits take for the class asked for.
    """

    pictures: NDArray[np.uint8]
    obeyed: Interval


@dataclass(frozen=True, eq=False)
class Borrowed:
    """The style of one picture, in every class.

    Attributes:
        original: (1, *shape.seen).
        x_hat: (1, *shape.seen), its reconstruction as the class it was said to be.
        pictures: (classes, *shape.seen).
        slant: how far the original leans to the right, in degrees; None where nothing is written.
        slants: (classes,), likewise of the pictures.
    """

    original: Viewed
    x_hat: Viewed
    pictures: Viewed
    slant: float | None
    slants: NDArray[np.float64] | None


def drawn(subject: Subject, n: int, seed: int) -> InEveryClass:
    """n codes from N(0, I), each decoded as every class.

    Args:
        subject: a conditional model with a Gaussian code.
        n: codes to show, at most `N_CODES`.
        seed: the same seed gives the same codes.
    """
    prior = generation.prior(subject.model.experiment.latent_dim)
    z = torch.from_numpy(prior.draw(N_CODES, seed)).to(subject.dataset.device)
    x_hat, classes = _in_every_class(subject, z)
    known = subject.dataset.x_train[:N_KNOWN], subject.dataset.y_train[:N_KNOWN]
    found = generation.classify(x_hat.numpy(), *(part.cpu().numpy() for part in known))
    pictures = subject.seen(x_hat).reshape(N_CODES, -1, *subject.shape.seen)
    obeyed = (found == classes.cpu().numpy()).reshape(N_CODES, -1).mean(axis=1)
    return InEveryClass(pictures[:n], intervals.of_mean(obeyed))


def borrowed(subject: Subject, index: int) -> Borrowed:
    """The style of a test picture, whose class is known."""
    x, label = subject.dataset.x_test[index : index + 1], int(subject.dataset.y_test[index])
    # All of them, so that the noise is that of all other questions.
    x_input = corrupt_fixed(subject.model.experiment, subject.dataset.x_test)
    return _borrowed(subject, x, x_input[index : index + 1], label)


def borrowed_from_own(subject: Subject, pixels: NDArray[np.float32], label: int) -> Borrowed:
    """The style of the learner's own picture.

    Args:
        subject: a conditional model.
        pixels: (1, numbers), in [0, 1], white on black.
        label: which class the learner says it is, from 0 on.
    """
    x = torch.from_numpy(pixels).to(subject.dataset.device)
    return _borrowed(subject, x, x, label)


@torch.no_grad()
def _borrowed(subject: Subject, x: Tensor, x_input: Tensor, label: int) -> Borrowed:
    z = subject.model.encode(x_input, torch.tensor([label], device=x.device))
    pictures = subject.seen(_in_every_class(subject, z)[0])
    original, written = subject.seen(x), subject.dataset.spec.strokes
    return Borrowed(
        original=original,
        x_hat=pictures[label : label + 1],
        pictures=pictures,
        slant=float(shape.slants(original)[0]) if written else None,
        slants=shape.slants(pictures) if written else None,
    )


def _in_every_class(subject: Subject, z: Tensor) -> tuple[Tensor, Tensor]:
    """(n, latent_dim) -> (n * classes, numbers), code after code, and the class of each."""
    n_classes = subject.model.experiment.n_classes
    classes = torch.arange(n_classes, device=z.device).repeat(len(z))
    x_hat = subject.model.decode(z.repeat_interleave(n_classes, dim=0), classes)
    return x_hat.nan_to_num(0.0).clamp(0, 1).cpu(), classes
