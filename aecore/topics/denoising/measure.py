"""Classical ways to take noise out of a picture, and how near two pictures are to one another."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage import filters, restoration

from aecore.shapes import Kind

Images = NDArray[np.float32]
"""(n, height, width), greys in [0, 1]; a channel of a series is a picture of height 1."""


# scikit-image has no types: these say what comes out.
_skimage_median: Callable[..., Images] = filters.median
_skimage_gaussian: Callable[..., Images] = filters.gaussian
_skimage_nl_means: Callable[..., Images] = restoration.denoise_nl_means
_skimage_total_variation: Callable[..., Images] = restoration.denoise_tv_chambolle


@dataclass(frozen=True)
class Filter:
    """A classical denoising filter with one number to set.

    Attributes:
        apply: (images, strength) -> images of the same shape.
        strengths: what is tried when it is tuned, weakest first.
        default: what its scikit-image function takes when nothing is said.
        kinds: of data that it can clean: those whose numbers have neighbours.
    """

    apply: Callable[[Images, float], Images]
    strengths: tuple[float, ...]
    default: float
    kinds: tuple[Kind, ...] = ("picture", "series")


def _median(images: Images, side: float) -> Images:
    """Each pixel becomes the middle one of a square of side x side pixels around it."""
    return _skimage_median(images, np.ones((1, int(side), int(side))), behavior="ndimage")


def _gaussian_blur(images: Images, sigma: float) -> Images:
    """Each pixel becomes a mean of its surroundings, with weights of width sigma pixels."""
    return _skimage_gaussian(images, (0, sigma, sigma))


def _nl_means(images: Images, h: float) -> Images:
    """Each pixel becomes a mean of those whose 5x5 surroundings look alike (Buades et al. 2005).

    It looks 3 pixels far: strokes of digits are that near, and further is five times as slow.
    """
    each = [_skimage_nl_means(image, patch_size=5, patch_distance=3, h=h) for image in images]
    return np.stack(each).astype(np.float32)


def _total_variation(images: Images, weight: float) -> Images:
    """The nearest picture with few and short edges (Chambolle 2004), one picture at a time.

    It stops at a change of 0.2%: on digits further rounds do not lower the error.
    """
    return _skimage_total_variation(
        images, weight=weight, eps=2e-3, max_num_iter=20, channel_axis=0
    )


FILTERS: Mapping[str, Filter] = {
    "median": Filter(_median, (3, 5, 7), 3),
    "gaussian_blur": Filter(_gaussian_blur, (0.3, 0.5, 0.7, 0.9, 1.0, 1.2, 1.5, 2.0), 1.0),
    "nl_means": Filter(_nl_means, (0.05, 0.1, 0.2, 0.3, 0.45), 0.1, ("picture",)),
    "total_variation": Filter(_total_variation, (0.03, 0.1, 0.2, 0.4, 0.8, 1.6), 0.1),
}


def filters_for(kind: Kind) -> Mapping[str, Filter]:
    """Those that can clean a kind of data: none for rows, whose columns are no neighbours."""
    return {name: filter_ for name, filter_ in FILTERS.items() if kind in filter_.kinds}


def tune(filter_: Filter, clean: Images, noisy: Images) -> float:
    """The strength with the least mean squared error on pictures whose clean state is known.

    Args:
        filter_: whose strengths are tried.
        clean, noisy: (n, height, width).
    """
    errors = [float(np.square(filter_.apply(noisy, s) - clean).mean()) for s in filter_.strengths]
    return filter_.strengths[int(np.argmin(errors))]


def psnr(mse: float) -> float:
    """Peak signal-to-noise ratio of pictures with greys in [0, 1], in decibels.

    Args:
        mse: a picture's mean squared error per pixel, at least 0. Over several pictures the mean of
            their ratios is said, here and wherever the lab says a PSNR.

    Returns:
        -10 log10(mse): 10 dB more is a tenth of the error; infinite for equal pictures.
    """
    if mse == 0:
        return math.inf
    return -10 * math.log10(mse)


def decibels(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """`psnr` of each of some pictures: (n,) -> (n,)."""
    return np.array([psnr(error) for error in errors.tolist()])
