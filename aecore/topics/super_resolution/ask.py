"""How well small pictures are made large again: by a model, and by the classical ways."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.errors import N_, LabError
from aecore.parts.corruptions.low_resolution import blow_up, shrink
from aecore.parts.losses.ssim import ssim
from aecore.shapes import Picture
from aecore.spec.view import Viewed
from aecore.topics.denoising.measure import decibels
from aecore.topics.reconstructions.ask import PictureErrors
from aecore.topics.super_resolution.measure import WAYS, can_be_enlarged, enlarge
from aecore.training.evaluation import CHUNK
from aecore.training.monitor import seen
from aecore.training.subject import Subject

MODEL = "model"
"""The name under which the subject's model appears beside those of the classical ways."""

Outputs = dict[str, Tensor]
"""Method -> (n, pixels), in [0, 1]."""


@dataclass(frozen=True, eq=False)
class Enlarged:
    """Some pictures, the small ones made of them, and what each method makes of those.

    Attributes:
        originals: (n, *shape.seen).
        small: (n, side, side), for colours (n, side, side, 3).
        enlarged: method -> (n, *shape.seen), the model last.
        psnr: method -> (n,), in decibels; infinite where nothing is lost.
        ssim: method -> (n,).
    """

    originals: Viewed
    small: Viewed
    enlarged: Mapping[str, Viewed]
    psnr: Mapping[str, NDArray[np.float64]]
    ssim: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class UpscalingScore:
    """How a method fares over many test pictures: means, and standard deviations over pictures.

    Attributes:
        psnr: the mean of the pictures' PSNRs, in decibels.
        psnr_std: their standard deviation: how much pictures differ.
        ssim, ssim_std: likewise of each picture's SSIM.
    """

    psnr: Interval
    psnr_std: float
    ssim: Interval
    ssim_std: float


@dataclass(frozen=True, eq=False)
class Measured:
    """All methods at one side of the small pictures.

    Attributes:
        scores: method -> score, the model last.
        errors: of the model in each of the n test pictures that the scores are means over.
        wins: share of them in which the model's PSNR is higher than bicubic's.
        gain: decibels by which the model's mean PSNR is above bicubic's.
        diverged: whether the model answers with something that is no number; black is scored.
    """

    scores: Mapping[str, UpscalingScore]
    errors: PictureErrors
    wins: Interval
    gain: Interval
    diverged: bool


def measure(subject: Subject, side: int) -> Measured:
    """Every method on the first test pictures, 1,000 at most.

    Args:
        subject: whose model and test pictures.
        side: of the small pictures, in pixels, less than that of the large ones.

    Raises:
        LabError: the model has learned something else than square pictures.
    """
    x = subject.dataset.x_test[:CHUNK].cpu()
    shape = picture_of(subject)
    outputs = _outputs(subject, shrink(x, side, shape))
    ratios, similar = _compared(outputs, x, shape)
    scores = {
        method: UpscalingScore(
            psnr=intervals.of_mean(ratios[method]),
            psnr_std=float(ratios[method].std()),
            ssim=intervals.of_mean(similar[method]),
            ssim_std=float(similar[method].std()),
        )
        for method in outputs
    }
    return Measured(
        scores=scores,
        errors=PictureErrors(
            errors=(outputs[MODEL] - x).square().mean(dim=1).numpy(),
            labels=subject.dataset.y_test[:CHUNK].cpu().numpy(),
        ),
        wins=intervals.of_share(int((ratios[MODEL] > ratios["bicubic"]).sum()), len(x)),
        gain=intervals.of_difference(ratios[MODEL], ratios["bicubic"]),
        diverged=not _is_finite(subject, x),
    )


def enlarge_test(subject: Subject, indices: tuple[int, ...], side: int) -> Enlarged:
    """Some of the test pictures, made small and large again."""
    return _enlarge(subject, subject.dataset.x_test[torch.tensor(indices)].cpu(), side)


def enlarge_own(subject: Subject, pixels: NDArray[np.float32], side: int) -> Enlarged:
    """The same for pictures from outside: (n, numbers), in [0, 1]."""
    return _enlarge(subject, torch.from_numpy(pixels), side)


def picture_of(subject: Subject) -> Picture:
    """The shape of its pictures. Raises LabError if they are none, or not square."""
    if not isinstance(subject.shape, Picture) or not can_be_enlarged(subject.shape):
        raise LabError(
            N_(
                "Small pictures are made large here, and {dataset} has no square pictures: choose a "
                "model of pictures."
            ),
            dataset=subject.dataset.key,
        )
    return subject.shape


def _enlarge(subject: Subject, x: Tensor, side: int) -> Enlarged:
    shape = picture_of(subject)
    small = shrink(x, side, shape)
    outputs = _outputs(subject, small)
    ratios, similar = _compared(outputs, x, shape)
    return Enlarged(
        originals=subject.seen(x),
        small=seen(small.reshape(len(x), -1), Picture(shape.channels, side, side)),
        enlarged={method: subject.seen(x_hat) for method, x_hat in outputs.items()},
        psnr=ratios,
        ssim=similar,
    )


def _outputs(subject: Subject, small: Tensor) -> Outputs:
    """What each method makes of small pictures (n * channels, side, side).

    The model gets them blown up as in training; what it puts beyond black and white is cut off,
    as it is on the screen.
    """
    shape, greys = picture_of(subject), small.numpy()
    outputs = {
        way: torch.from_numpy(enlarge(greys, way, shape.height)).reshape(-1, shape.size)
        for way in WAYS
    }
    x_hat = subject.model.reconstruct(blow_up(small, shape).to(subject.dataset.device))
    outputs[MODEL] = x_hat.cpu().nan_to_num(0.0).clamp(0, 1)
    return outputs


def _compared(
    outputs: Outputs, x: Tensor, shape: Picture
) -> tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.float32]]]:
    """PSNR and SSIM of each picture: method -> (n,)."""
    errors = {method: (x_hat - x).square().mean(dim=1) for method, x_hat in outputs.items()}
    ratios = {method: decibels(mse.double().numpy()) for method, mse in errors.items()}
    return ratios, {method: ssim(x_hat, x, shape).numpy() for method, x_hat in outputs.items()}


def _is_finite(subject: Subject, x: Tensor) -> bool:
    x_hat = subject.model.reconstruct(x[:1].to(subject.dataset.device))
    return bool(x_hat.isfinite().all())
