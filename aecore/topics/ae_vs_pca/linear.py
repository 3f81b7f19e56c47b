"""A linear autoencoder on its way to PCA, watched through the angles between the two."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aecore.data.datasets import BUNDLED
from aecore.engine.job import Step, Steps
from aecore.engine.trainings import Runs, watched
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView

if TYPE_CHECKING:
    from aecore.topics.ae_vs_pca.ask import Approach

PACE = 200.0
"""Batches per second: a training of three seconds is spread over twelve, to be watched."""


def approaching_pca(latent_dim: int) -> Experiment:
    """A linear autoencoder whose decoder comes to span PCA's subspace in a few seconds.

    Plain descent with large steps: the last direction to be found has little variance, so its
    gradient is small, and an adaptive optimiser blurs it with the noise of its batches. Code sizes
    of 2 to 16 end within 5 degrees on the bundled digits.
    """
    return variants.build(
        "linear",
        dataset=BUNDLED,
        latent_dim=latent_dim,
        optimizer="sgd",
        learning_rate=2.0,
        batch_size=256,
        epochs=150,
    )


@dataclass(frozen=True, eq=False)
class Look:
    """A linear autoencoder under training, and what has been seen of it so far.

    Attributes:
        view: its run.
        latest: how near it is to PCA; None before its model is built.
        epochs, largest, mean: when it was looked at, and the angles in degrees then.
    """

    view: RunView
    latest: "Approach | None" = None
    epochs: tuple[int, ...] = ()
    largest: tuple[float, ...] = ()
    mean: tuple[float, ...] = ()

    def followed_by(self, view: RunView, seen: "Approach") -> "Look":
        """This look and one more; two of the same epoch are one point."""
        if self.epochs and view.epoch <= self.epochs[-1]:
            return Look(view, seen, self.epochs, self.largest, self.mean)
        return Look(
            view,
            seen,
            (*self.epochs, view.epoch),
            (*self.largest, float(seen.angles[-1])),
            (*self.mean, float(seen.angles.mean())),
        )


def approach_pca(
    runs: Runs, latent_dim: int, question: "Callable[..., Approach]", owner: str = ""
) -> Steps[Look]:
    """Trains one, slowly enough to be watched.

    Args:
        runs: where to train.
        latent_dim: its code size.
        question: `aecore.topics.ae_vs_pca.ask.approach`, which needs torch.
        owner: whose turn it takes.
    """
    look: Look | None = None
    with closing(watched(runs, approaching_pca(latent_dim), owner, PACE)) as looks:
        for run_id, view in looks:
            if view.state in ("preparing", "queued", "failed"):
                look = replace(look or Look(view), view=view)
            else:
                seen = runs.ask(run_id, question)
                look = (look or Look(view)).followed_by(view, seen)
            if view.state == "ready":  # it has been seen untrained
                runs.play(run_id)
            yield Step(view.progress, look)
            if view.error is not None:
                raise view.error
            yield None
