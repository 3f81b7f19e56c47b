"""What everybody who watches a run looks at: fixed validation samples, and where their codes lie."""

from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis.latent import Points, project
from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Output
from aecore.shapes import Picture, Shape
from aecore.spec.experiment import Experiment
from aecore.spec.view import Moment, Probe, Viewed
from aecore.training.evaluation import CHUNK
from aecore.training.loop import corrupt_fixed

N = TypeVar("N", bound=np.generic)

GRID = 10
"""Samples that are shown one by one, or one of each class where there are more."""


class Monitor:
    """Shows the same validation samples again and again.

    The grid has the first validation samples of each class, as many of each as there is room for;
    the map has the first `CHUNK` of all.

    Args:
        experiment: says how the input is corrupted.
        dataset: where the samples come from.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset) -> None:
        self.x = dataset.x_val[:CHUNK]
        self.x_input = corrupt_fixed(experiment, dataset.x_val)[:CHUNK]
        if experiment.corruption != "none":
            self.x_input = self.x_input.clone()  # not a part of all of them, which it keeps
        self.y = dataset.y_val[:CHUNK]
        labels = self.y.cpu().numpy()
        self._shape = dataset.shape
        self._grid = torch.tensor(first_of_each(labels), device=dataset.device)
        self._codebook_size = experiment.codebook_size
        corrupted = experiment.corruption != "none"
        self.probe = Probe(
            originals=seen(self.x[self._grid], self._shape),
            corrupted=seen(self.x_input[self._grid], self._shape) if corrupted else None,
            labels=labels,
            grid_labels=labels[self._grid.cpu().numpy()],
            scale=dataset.scale,
        )

    def look(self, output: Output, epoch: int, step: int, previous: Moment | None) -> Moment:
        """What there is to see now.

        Args:
            output: the forward pass of `x_input`.
            epoch, step: when.
            previous: what was seen before, for a map that does not turn.
        """
        codes: Points = output.code.mean.cpu().numpy()
        codes = np.nan_to_num(codes, nan=0.0, posinf=0.0, neginf=0.0)
        x_hat = output.x_hat[self._grid]
        return Moment(
            epoch=epoch,
            step=step,
            x_hat=seen(x_hat, self._shape),
            errors=(x_hat - self.x[self._grid]).square().mean(dim=1).cpu().numpy(),
            plane=project(codes, self.probe.labels, previous.plane.points if previous else None),
            uses=self._uses(output),
        )

    def _uses(self, output: Output) -> NDArray[np.int64] | None:
        if output.code.indices is None:
            return None
        counts = output.code.indices.flatten().bincount(minlength=self._codebook_size)
        return counts.cpu().numpy()


def first_of_each(labels: NDArray[np.int64]) -> list[int]:
    """Places of the first samples of each class, class by class: `GRID`, or one of each class."""
    classes = np.unique(labels)
    share, more = divmod(max(GRID, len(classes)), len(classes))
    places: list[int] = []
    for i, c in enumerate(classes):
        places += np.flatnonzero(labels == c)[: share + (i < more)].tolist()
    return places


def seen(x: Tensor, shape: Shape) -> Viewed:
    """Samples (n, numbers) in [0, 1] as viewers get them: (n, *shape.seen) in 256 steps."""
    steps = x.detach().nan_to_num(0.0).clamp(0, 1).mul(255).round()
    return shaped(steps.to(torch.uint8).cpu().numpy(), shape)


def shaped(values: NDArray[N], shape: Shape) -> NDArray[N]:
    """Rows of numbers as viewers get samples: (n, numbers) -> (n, *shape.seen)."""
    samples = values.reshape(-1, *shape.axes)
    if isinstance(shape, Picture):
        samples = np.moveaxis(samples, 1, -1)  # the channels of a picture come last
    return np.ascontiguousarray(samples).reshape(-1, *shape.seen)
