"""What any model makes of the bundled test digits, so that models can be compared on the same."""

from dataclasses import dataclass

import torch

from aecore.data import datasets
from aecore.spec.view import Viewed
from aecore.topics.reconstructions import ask as reconstruction
from aecore.topics.reconstructions.ask import PictureErrors
from aecore.training.loop import corrupt_fixed
from aecore.training.subject import Subject


@dataclass(frozen=True, eq=False)
class Passed:
    """Some of the bundled test digits on their way through a model.

    Attributes:
        originals: (n, *shape.seen).
        x_input: likewise, as the encoder gets them: the originals, unless the model learned with
            a corrupted input.
        x_hat: likewise, what comes out.
    """

    originals: Viewed
    x_input: Viewed
    x_hat: Viewed


def bundled_errors(subject: Subject) -> PictureErrors:
    """The error of every bundled test digit, whatever pictures the model has learned from."""
    return reconstruction.test_errors(_on_bundled(subject))


@torch.no_grad()
def pass_bundled(subject: Subject, indices: tuple[int, ...]) -> Passed:
    """What becomes of some of the bundled test digits."""
    subject = _on_bundled(subject)
    picked = torch.tensor(indices, device=subject.dataset.device)
    x = subject.dataset.x_test[picked]
    x_input = corrupt_fixed(subject.model.experiment, subject.dataset.x_test)[picked]
    return Passed(
        originals=subject.seen(x),
        x_input=subject.seen(x_input),
        x_hat=subject.seen(subject.model.reconstruct(x_input, subject.dataset.y_test[picked])),
    )


def _on_bundled(subject: Subject) -> Subject:
    bundled = datasets.load(datasets.BUNDLED, device=subject.dataset.device)
    return Subject(subject.model, bundled)
