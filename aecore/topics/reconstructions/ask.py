"""How well samples come back."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis.scaling import Scale
from aecore.spec.view import Viewed
from aecore.training.evaluation import in_chunks
from aecore.training.loop import corrupt_fixed
from aecore.training.subject import Subject


@dataclass(frozen=True, eq=False)
class PictureErrors:
    """How well each test sample comes back.

    Attributes:
        errors: (n,), mean squared error per number.
        labels: (n,), the classes; all 0 where nobody has labelled anything.
    """

    errors: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """Samples on their way through a model.

    Attributes:
        originals: (n, *shape.seen).
        corrupted: likewise, as the encoder gets them; None without corruption.
        x_hat: likewise, what comes out.
        errors: (n,), mean squared error per number between the first and the last.
    """

    originals: Viewed
    corrupted: Viewed | None
    x_hat: Viewed
    errors: NDArray[np.float32]


@torch.no_grad()
def test_errors(subject: Subject) -> PictureErrors:
    """The error of every test sample, given the same input as in training.

    A conditional model is told the class, here and of the samples below that come from the test
    set: so it was trained, and so a run's test error is measured.
    """
    x, y = subject.dataset.x_test, subject.dataset.y_test
    x_input = corrupt_fixed(subject.model.experiment, x)
    x_hat = in_chunks(subject.model.reconstruct, x_input, y)
    errors = (x_hat - x).square().mean(dim=1)
    return PictureErrors(errors.cpu().numpy(), y.cpu().numpy())


def reconstruct_test(subject: Subject, indices: tuple[int, ...]) -> Reconstruction:
    """Some of the test samples and what becomes of them."""
    picked = torch.tensor(indices, device=subject.dataset.device)
    x_input = corrupt_fixed(subject.model.experiment, subject.dataset.x_test)
    x, labels = subject.dataset.x_test[picked], subject.dataset.y_test[picked]
    return _through(subject, x, x_input[picked], labels)


def reconstruct_own(subject: Subject, pixels: NDArray[np.float32]) -> Reconstruction:
    """What becomes of samples from outside.

    Args:
        subject: whose model.
        pixels: (n, numbers), in [0, 1].
    """
    x = torch.from_numpy(pixels).to(subject.dataset.device)
    return _through(subject, x, corrupt_fixed(subject.model.experiment, x))


def scale(subject: Subject) -> Scale | None:
    """What 0 and 1 stand for in measurements; None of pictures."""
    return subject.dataset.scale


def _through(
    subject: Subject, x: Tensor, x_input: Tensor, labels: Tensor | None = None
) -> Reconstruction:
    x_hat = subject.model.reconstruct(x_input, labels)
    corrupted = subject.model.experiment.corruption != "none"
    return Reconstruction(
        originals=subject.seen(x),
        corrupted=subject.seen(x_input) if corrupted else None,
        x_hat=subject.seen(x_hat),
        errors=(x_hat - x).square().mean(dim=1).cpu().numpy(),
    )
