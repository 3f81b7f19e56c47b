"""Which units of the code are active, what each one draws, and how few of them make a digit."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.model.autoencoder import Autoencoder
from aecore.spec.view import Viewed
from aecore.topics.sparsity.measure import activity, keep_largest, one_by_one, typical_activation
from aecore.training.diagnosis import COLLAPSED
from aecore.training.evaluation import CHUNK, finite
from aecore.training.loop import corrupt_fixed
from aecore.training.monitor import first_of_each
from aecore.training.subject import Subject

Signed = NDArray[np.float32]
"""(n, *shape.seen): pictures whose pixels may be negative."""

AT_ONCE = 256
"""Codes decoded in one go: bounds the memory that a convolutional network needs."""


@dataclass(frozen=True, eq=False)
class CodeTable:
    """The codes of test pictures: at most the first `CHUNK`.

    Attributes:
        z: (n, units).
        labels: (n,), the classes.
        originals: (n, *shape.seen).
        dead: (units,), whether each unit carries nothing: the same number for every picture or,
            in a Gaussian code, next to no KL divergence.
        mse: mean squared error per pixel of the reconstructions.
    """

    z: NDArray[np.float32]
    labels: NDArray[np.int64]
    originals: Viewed
    dead: NDArray[np.bool_]
    mse: float


@dataclass(frozen=True, eq=False)
class Thinned:
    """Pictures decoded from only the largest units of their codes.

    Attributes:
        originals, x_hat, kept: (n, *shape.seen): the pictures, their reconstruction from the whole code,
            and from the largest units alone.
        errors, kept_errors: (n,), MSE per pixel of the last two.
    """

    originals: Viewed
    x_hat: Viewed
    kept: Viewed
    errors: NDArray[np.float32]
    kept_errors: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class BuildUp:
    """One picture as the sum of its units; m of them are not zero.

    Attributes:
        original: (1, *shape.seen).
        units: (m,), those units, the one that contributes most first.
        activations: (m,), their numbers in the code.
        contributions: (m, *shape.seen), what each adds to the decoder's output before its activation.
        steps: (m + 1, *shape.seen), decoded from the first 0, 1, 2 … m units, the others zero.
        errors: (m + 1,), MSE per pixel of each step.
    """

    original: Viewed
    units: NDArray[np.int64]
    activations: NDArray[np.float32]
    contributions: Signed
    steps: Viewed
    errors: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class UnitPictures:
    """What each unit draws, and what it looks for.

    Attributes:
        draws: (units, *shape.seen), the unit's column of the decoder. Of a decoder with hidden layers:
            what its typical activation alone adds to the output before its activation, per unit
            of activation.
        seeks: (units, *shape.seen), the gradient of the unit's input at the mean picture, of length 1.
            Of an encoder without hidden layers it is the picture of length 1 that excites the
            unit most.
    """

    draws: Signed
    seeks: Signed


@dataclass(frozen=True, eq=False)
class Figures:
    """A model in a few numbers, and what it makes of one test picture of each class.

    Attributes:
        mse: mean squared error per pixel over the test pictures.
        share: mean share of active units, from 0 to 1.
        mean: mean |z| over all units and pictures.
        dead: number of units that carry nothing.
        units: number of units.
        originals, x_hat: (8, *shape.seen).
    """

    mse: float
    share: float
    mean: float
    dead: int
    units: int
    originals: Viewed
    x_hat: Viewed


@torch.no_grad()
def code_table(subject: Subject) -> CodeTable:
    """The codes of the first test pictures, given the same input as in training."""
    x = subject.dataset.x_test[:CHUNK]
    output = subject.model(_inputs(subject))
    return CodeTable(
        z=finite(output.code.mean),
        labels=subject.dataset.y_test[:CHUNK].cpu().numpy(),
        originals=subject.seen(x),
        dead=_dead(output.code.mean, output.code.kl).cpu().numpy(),
        mse=(output.x_hat - x).square().mean().item(),
    )


def _dead(z: Tensor, kl: Tensor | None) -> Tensor:
    """As in `aecore.training.diagnosis`: (units,)."""
    if kl is not None:
        return kl.mean(dim=0) < COLLAPSED
    return z.std(dim=0) < 1e-4 * z.std().clamp_min(1e-8)


def thinned(subject: Subject, indices: tuple[int, ...], k: int) -> Thinned:
    """Test pictures, decoded from the k largest units of their codes (by |z|) alone."""
    x = subject.dataset.x_test[list(indices)]
    z = subject.model.encode(_inputs(subject)[list(indices)])
    few = torch.from_numpy(keep_largest(finite(z), k)).to(z)
    x_hat, kept = subject.model.decode(z), subject.model.decode(few)
    return Thinned(
        originals=subject.seen(x),
        x_hat=subject.seen(x_hat),
        kept=subject.seen(kept),
        errors=(x_hat - x).square().mean(dim=1).cpu().numpy(),
        kept_errors=(kept - x).square().mean(dim=1).cpu().numpy(),
    )


@torch.no_grad()
def build_up(subject: Subject, index: int) -> BuildUp:
    """A test picture, built up from its units one by one."""
    x = subject.dataset.x_test[index]
    code = subject.model.encode(_inputs(subject)[index : index + 1])  # (1, units)
    z = finite(code)[0]
    units = np.flatnonzero(z)
    alone = np.zeros((len(units), len(z)), np.float32)
    alone[np.arange(len(units)), units] = z[units]
    added = _added_logits(subject.model, torch.from_numpy(alone).to(code))  # (m, numbers)
    order = np.argsort(-np.linalg.norm(added, axis=1), kind="stable")
    built = torch.from_numpy(one_by_one(z, units[order])).to(code)
    steps = torch.cat([subject.model.decode(part) for part in built.split(AT_ONCE)])
    return BuildUp(
        original=subject.seen(x[None]),
        units=units[order],
        activations=z[units[order]],
        contributions=subject.shaped(added[order]),
        steps=subject.seen(steps),
        errors=(steps - x).square().mean(dim=1).cpu().numpy(),
    )


def unit_pictures(subject: Subject) -> UnitPictures:
    """What each unit draws, and what it looks for."""
    z = subject.model.encode(_inputs(subject))
    typical = torch.from_numpy(typical_activation(finite(z))).to(z)
    draws = _added_logits(subject.model, torch.diag(typical)) / typical.cpu().numpy()[:, None]
    return UnitPictures(
        draws=subject.shaped(draws),
        seeks=subject.shaped(_sought(subject)),
    )


def in_figures(subject: Subject) -> Figures:
    """A model in a few numbers, for a comparison with others."""
    found = code_table(subject)
    active = activity(found.z)
    shown = first_of_each(found.labels)[:8]
    x_hat = subject.model.reconstruct(_inputs(subject)[shown])
    return Figures(
        mse=found.mse,
        share=active.share,
        mean=float(active.unit_mean.mean()),
        dead=int(found.dead.sum()),
        units=found.z.shape[1],
        originals=found.originals[shown],
        x_hat=subject.seen(x_hat),
    )


def _inputs(subject: Subject) -> Tensor:
    """What the encoder gets: (n, numbers), with the same noise as everywhere."""
    return corrupt_fixed(subject.model.experiment, subject.dataset.x_test)[:CHUNK]


@torch.no_grad()
def _added_logits(model: Autoencoder, codes: Tensor) -> NDArray[np.float32]:
    """What codes add to the decoder's output, before its activation, over a code of zeros.

    Args:
        model: the autoencoder.
        codes: (n, units).

    Returns:
        (n, numbers). A decoder without hidden layers is linear, so there the contributions of single
        units add up to that of the whole code.
    """
    if not len(codes):
        return np.zeros((0, model.experiment.shape.size), np.float32)
    ground = model.logits(torch.zeros_like(codes[:1]))
    return finite(torch.cat([model.logits(part) - ground for part in codes.split(AT_ONCE)]))


def _sought(subject: Subject) -> NDArray[np.float32]:
    """The gradient of each unit's input at the mean test picture, of length 1: (units, numbers)."""
    mean = subject.dataset.x_test[:CHUNK].mean(dim=0)
    units = torch.arange(subject.model.experiment.latent_dim, device=mean.device)
    found = []
    with torch.enable_grad():
        for part in units.split(AT_ONCE):
            x = mean.repeat(len(part), 1).requires_grad_()
            h = subject.model.hidden(x)  # (part, width): one picture per unit
            (gradient,) = torch.autograd.grad(h.gather(1, part[:, None]).sum(), x)
            found.append(gradient)
    gradients = torch.cat(found)
    return finite(gradients / gradients.norm(dim=1, keepdim=True).clamp_min(1e-12))
