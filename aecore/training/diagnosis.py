"""What goes wrong with a training, named where it happens: the finding, its cause and its cure."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore.errors import N_, Sentence
from aecore.model.autoencoder import Autoencoder, Output
from aecore.training.evaluation import look

COLLAPSED = 0.01
"""A code dimension with less KL divergence than this, in nats, carries nothing."""

DEAD_SHARE = 0.5
"""A layer with a larger share of dead units than this is worth a word."""


@dataclass(frozen=True)
class Diagnosis:
    """One finding.

    Attributes:
        key: diverged, no_better_than_mean, dead_units, dead_code, collapsed or
            unused_entries.
        finding: what is seen, with its numbers, its cause and what to do.
    """

    key: str
    finding: Sentence


def diverged(learning_rate: float) -> Diagnosis:
    return Diagnosis(
        "diverged",
        Sentence(
            N_(
                "The loss is no longer a finite number, or has exploded: the updates overshoot. "
                "Press Reset and lower the learning rate (now {learning_rate}) by a factor of ten."
            ),
            learning_rate=f"{learning_rate:g}",
        ),
    )


def no_better_than_mean(val: float, mean: float, learning_rate: float) -> Diagnosis | None:
    """Args: val and mean are errors in the same loss, the latter of the mean of the samples."""
    if val < 0.99 * mean:
        return None
    return Diagnosis(
        "no_better_than_mean",
        Sentence(
            N_(
                "The validation error {val} is no better than always showing the mean ({mean}): "
                "nothing about single samples has been learned. Train longer, or change the "
                "learning rate (now {learning_rate}) by a factor of ten."
            ),
            val=f"{val:.4f}",
            mean=f"{mean:.4f}",
            learning_rate=f"{learning_rate:g}",
        ),
    )


@torch.no_grad()
def diagnose(
    model: Autoencoder, x_input: Tensor, labels: Tensor | None = None
) -> tuple[list[Diagnosis], Output]:
    """Looks for dead units, collapsed code dimensions and unused entries of a codebook.

    Args:
        model: the autoencoder.
        x_input: (n, numbers), some validation samples; unused units show only over many.
        labels: (n,), the classes that a conditional model is told; None for none.

    Returns:
        The findings, and the forward pass that they were read from.
    """
    dead_by_layer: list[tuple[int, int]] = []  # (dead units, units)

    def count_dead(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        units = output.flatten(2).amax(dim=2) if output.dim() > 2 else output
        dead_by_layer.append((int((units <= 0).all(dim=0).sum()), units.shape[1]))

    hooks = [
        layer.register_forward_hook(count_dead)
        for part in (model.encoder, model.decoder)
        for layer in part
        if isinstance(layer, nn.ReLU)
    ]
    try:
        output = look(model, x_input, labels)
    finally:
        for hook in hooks:
            hook.remove()
    found = [
        _dead_units(dead_by_layer),
        _dead_code(output),
        _collapsed(output),
        _unused_entries(output, model.experiment.codebook_size),
    ]
    return [diagnosis for diagnosis in found if diagnosis is not None], output


def _dead_units(dead_by_layer: list[tuple[int, int]]) -> Diagnosis | None:
    dead, units = max(dead_by_layer, key=lambda d: d[0] / d[1], default=(0, 1))
    if dead / units <= DEAD_SHARE:
        return None
    return Diagnosis(
        "dead_units",
        Sentence(
            N_(
                "{dead} of {units} ReLU units of a hidden layer are dead: 0 for every "
                "sample, so they get no gradient and stay dead. Press Reset and lower "
                "the learning rate, or choose Leaky ReLU."
            ),
            dead=dead,
            units=units,
        ),
    )


def _dead_code(output: Output) -> Diagnosis | None:
    z = output.code.mean
    if output.code.kl is not None or len(z) < 2:
        return None  # a Gaussian code's unused dimensions are told by their KL
    dead = int((z.std(dim=0) < 1e-4 * z.std().clamp_min(1e-8)).sum())
    if dead == 0:
        return None
    return Diagnosis(
        "dead_code",
        Sentence(
            N_(
                "{dead} of {units} code units are dead: the same number for every "
                "sample. A ReLU on the code, a strong sparsity penalty or too small a k "
                "causes this: weaken whichever you use, or choose a smaller code."
            ),
            dead=dead,
            units=z.shape[1],
        ),
    )


def _collapsed(output: Output) -> Diagnosis | None:
    if output.code.kl is None:
        return None
    kl = output.code.kl.mean(dim=0)  # (latent_dim,)
    collapsed = int((kl < COLLAPSED).sum())
    if collapsed == 0:
        return None
    return Diagnosis(
        "collapsed",
        Sentence(
            N_(
                "Posterior collapse in {collapsed} of {units} code dimensions: their KL "
                "divergence is below 0.01 nats, so they carry no information and the "
                "decoder ignores them. Lower beta, or choose a smaller code."
            ),
            collapsed=collapsed,
            units=len(kl),
        ),
    )


def _unused_entries(output: Output, codebook_size: int) -> Diagnosis | None:
    if output.code.indices is None:
        return None
    used = len(output.code.indices.unique())
    if used >= codebook_size / 2:
        return None
    return Diagnosis(
        "unused_entries",
        Sentence(
            N_(
                "Only {used} of {entries} vectors of the codebook are used, so the code "
                "carries less information than it could. Train longer, or choose a "
                "smaller codebook."
            ),
            used=used,
            entries=codebook_size,
        ),
    )
