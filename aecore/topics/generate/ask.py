"""What a decoder makes of codes that belong to no picture: drawn, moved, added."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis import intervals, shape
from aecore.analysis.intervals import Interval
from aecore.analysis.latent import Points
from aecore.spec.view import Viewed
from aecore.topics.generate import measure as generation
from aecore.topics.generate.posterior import posteriors, usable
from aecore.training.evaluation import in_chunks
from aecore.training.loop import corrupt_fixed, training_pictures
from aecore.training.subject import Subject

PRIOR, FITTED, REAL = "prior", "fitted", "real"
"""Where codes are drawn from: N(0, I), or the Gaussian with mean and covariance of the training
codes. And, beside their figures, real test pictures."""

N_SCORED = 1_000
"""Samples (and real test pictures) that the share of clear ones is taken over."""

MOST_SHOWN = 200

N_KNOWN = 4000
"""Training pictures among which the neighbours of samples are sought."""

N_FITTED = 2000
"""Training pictures whose codes the Gaussian is fitted to."""

STEPS = 13
REACH = 3.0
"""A walk along a dimension goes from -3 to 3 standard deviations."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples decoded from drawn codes.

    Attributes:
        pictures: (n, *shape.seen).
        clear: the share of `N_SCORED` such samples whose nearest real training samples are all
            of one class; None where nobody has labelled anything.
        flags: (N_SCORED,), for which of them that is so; likewise.
    """

    pictures: Viewed
    clear: Interval | None
    flags: NDArray[np.bool_] | None


@dataclass(frozen=True, eq=False)
class Traversal:
    """Single numbers of a code, moved.

    Attributes:
        start: (1, *shape.seen), decoded from the code itself.
        rows: (dimensions, STEPS, *shape.seen).
        values: (dimensions, STEPS), where each number was put.
    """

    start: Viewed
    rows: NDArray[np.uint8]
    values: Points


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """The difference of two mean codes, added to the codes of some pictures.

    Attributes:
        plus, minus: (1, *shape.seen), decoded from the two mean codes.
        originals: (shown, *shape.seen), pictures that the difference is added to.
        x_hat: likewise, their reconstructions.
        results: likewise, decoded after adding.
        pixels: likewise, the same sum of pixels instead of codes.
        length: of the difference, in the code's units.
        classes_before, classes: (n,), what nearest neighbours take each reconstruction and each
            result for; of all pictures, not only of those that are shown.
        slant: how much the results lean further to the right than the reconstructions, in degrees;
            None where nothing is written.
        thickness: how much thicker their strokes are, in pixels; likewise.
    """

    plus: Viewed
    minus: Viewed
    originals: Viewed
    x_hat: Viewed
    results: Viewed
    pixels: Viewed
    length: float
    classes_before: NDArray[np.int64]
    classes: NDArray[np.int64]
    slant: float | None
    thickness: float | None


@dataclass(frozen=True, eq=False)
class Balance:
    """How a variational autoencoder has settled between reconstruction and prior.

    Attributes:
        mse: mean squared error per number over all test samples.
        kl: mean KL divergence of the whole code from N(0, I), in nats.
        collapsed: dimensions that carry nothing.
        latent_dim: dimensions in all.
        samples: ten pictures from N(0, I), and the share of clear ones.
    """

    mse: float
    kl: float
    collapsed: int
    latent_dim: int
    samples: Samples


def samples(subject: Subject, source: str, n: int, seed: int, temperature: float = 1.0) -> Samples:
    """Draws codes and decodes them.

    Numbers that this kind of code cannot take (below 0 behind a ReLU, say, or vectors that are
    not in the codebook) are first moved to the nearest that it can.

    Args:
        subject: whose decoder.
        source: `PRIOR` or `FITTED`.
        n: pictures to show, at most `MOST_SHOWN`; more are drawn for their figure.
        seed: the same seed gives the same samples.
        temperature: scales the distance from the distribution's mean, at least 0.
    """
    latent_dim = subject.model.experiment.latent_dim
    if source == PRIOR:
        gaussian = generation.prior(latent_dim)
    else:
        gaussian = generation.fit(_training_codes(subject))
    z = torch.from_numpy(gaussian.draw(N_SCORED, seed, temperature)).to(subject.dataset.device)
    x_hat = _decoded(subject, _possible(subject, z))
    return _samples(subject, x_hat, n)


def real_samples(subject: Subject, n: int) -> Samples:
    """The first n real test pictures, measured like samples: what those are compared with."""
    x = subject.dataset.x_test[:N_SCORED]
    return _samples(subject, x, n)


def traversal(subject: Subject, dims: tuple[int, ...], index: int | None = None) -> Traversal:
    """Moves single numbers of a code, one at a time, and decodes.

    A Gaussian code's number goes from -3 to 3, as its prior has mean 0 and standard deviation 1.
    A plain code's goes from its mean over the test pictures minus 3 of its standard deviations
    to plus 3 of them.

    Args:
        subject: whose model.
        dims: which numbers, counted from 0.
        index: the test picture whose code is the start; None for the mean code.
    """
    found = posteriors(subject)
    mean, width = found.mu.mean(axis=0), np.sqrt(found.variance)
    start = mean if index is None else found.mu[index]
    if found.sigma is not None:
        mean, width = np.zeros_like(mean), np.ones_like(width)
    t = np.linspace(-REACH, REACH, STEPS)
    chosen = list(dims)
    values = (mean[chosen, None] + t * width[chosen, None]).astype(np.float32)
    z = np.tile(start, (len(chosen), STEPS, 1))
    for row, dim in enumerate(chosen):
        z[row, :, dim] = values[row]
    decoded = subject.seen(_decode_array(subject, z.reshape(len(chosen) * STEPS, -1)))
    return Traversal(
        start=subject.seen(_decode_array(subject, start[None])),
        rows=decoded.reshape(len(chosen), STEPS, *decoded.shape[1:]),
        values=values,
    )


def arithmetic(
    subject: Subject,
    plus: tuple[int, ...],
    minus: tuple[int, ...],
    starts: tuple[int, ...],
    strength: float = 1.0,
    shown: int = 10,
) -> Arithmetic:
    """z + strength * (mean code of `plus` - mean code of `minus`), decoded.

    Args:
        subject: whose model, and whose test pictures.
        plus, minus, starts: test pictures, at least one each; z are the codes of `starts`.
        strength: how much of the difference is added.
        shown: how many of the starts come back as pictures; the figures are of all.
    """
    mu = posteriors(subject).mu
    x = subject.dataset.x_test.cpu()
    ends = [mu[list(group)].mean(axis=0) for group in (plus, minus)]
    difference = ends[0] - ends[1]
    z = mu[list(starts)]
    faded = x[list(plus)].mean(dim=0) - x[list(minus)].mean(dim=0)
    before = _decode_array(subject, z)
    after = _decode_array(subject, z + np.float32(strength) * difference)
    decoded_ends = subject.seen(_decode_array(subject, np.stack(ends)))
    originals = x[list(starts[:shown])]
    classes = generation.classify(torch.cat([before, after]).numpy(), *_known(subject))
    return Arithmetic(
        plus=decoded_ends[:1],
        minus=decoded_ends[1:],
        originals=subject.seen(originals),
        x_hat=subject.seen(before[:shown]),
        results=subject.seen(after[:shown]),
        pixels=subject.seen(originals + strength * faded),
        length=float(np.linalg.norm(difference)),
        classes_before=classes[: len(starts)],
        classes=classes[len(starts) :],
        slant=_change(subject, shape.slants, before, after),
        thickness=_change(subject, shape.stroke_thickness, before, after),
    )


def balance(subject: Subject, seed: int = 0) -> Balance:
    """Error, KL, collapsed dimensions and samples of a model with a Gaussian code."""
    found = posteriors(subject)
    x = subject.dataset.x_test
    errors = (_decode_array(subject, found.mu) - x.cpu()).square().mean(dim=1)
    return Balance(
        mse=float(errors.mean()),
        kl=0.0 if found.kl is None else float(found.kl.sum()),
        collapsed=int(found.collapsed.sum()),
        latent_dim=len(found.variance),
        samples=samples(subject, PRIOR, 10, seed),
    )


@torch.no_grad()
def _decoded(subject: Subject, z: Tensor) -> Tensor:
    """(n, latent_dim) -> (n, numbers), as it is shown: cut off at black and white."""
    x_hat = in_chunks(subject.model.decode, z)
    return x_hat.nan_to_num(0.0).clamp(0, 1).cpu()


def _decode_array(subject: Subject, z: Points) -> Tensor:
    return _decoded(subject, torch.from_numpy(z.astype(np.float32)).to(subject.dataset.device))


@torch.no_grad()
def _possible(subject: Subject, z: Tensor) -> Tensor:
    """The nearest codes that this kind of code can be."""
    e, code = subject.model.experiment, subject.model.code
    if code.kind.drawn:
        return z
    if e.code_activation == "sigmoid":
        return z.clamp(0, 1)
    if e.code_activation == "tanh":
        return z.clamp(-1, 1)
    return code(z, None).mean


def _training_codes(subject: Subject) -> Points:
    """Codes of pictures of the kind that the model learned from: of its classes alone."""
    e = subject.model.experiment
    x = training_pictures(subject.dataset, min(N_FITTED, e.n_train), e.classes)
    x = corrupt_fixed(e, x)
    z = in_chunks(subject.model.encode, x)
    return usable(z)[0]


def _samples(subject: Subject, x: Tensor, n: int) -> Samples:
    """The first n of some samples, and how many of all are clear."""
    if not subject.dataset.spec.classes:
        return Samples(subject.seen(x[:n]), None, None)
    flags = generation.are_clear(x.cpu().numpy(), *_known(subject))
    clear = intervals.of_share(int(flags.sum()), len(flags))
    return Samples(subject.seen(x[:n]), clear, flags)


def _known(subject: Subject) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Real samples (m, numbers) and their classes (m,), to compare others with."""
    x, y = subject.dataset.x_train[:N_KNOWN], subject.dataset.y_train[:N_KNOWN]
    return x.cpu().numpy(), y.cpu().numpy()


def _change(
    subject: Subject,
    measure: Callable[[Viewed], NDArray[np.float64]],
    before: Tensor,
    after: Tensor,
) -> float | None:
    """The mean change of a property of what is written."""
    if not subject.dataset.spec.strokes:
        return None
    return float((measure(subject.seen(after)) - measure(subject.seen(before))).mean())
