"""What everybody who watches a run looks at: fixed validation digits, and where their codes lie."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aecore.analysis.latent import Points, project
from aecore.data.datasets import Dataset
from aecore.model.autoencoder import Output
from aecore.spec.experiment import SIDE, Experiment
from aecore.spec.view import Moment, Pictures, Probe
from aecore.training.evaluation import CHUNK
from aecore.training.loop import corrupt_fixed


class Monitor:
    """Shows the same validation pictures again and again.

    The grid has the first validation picture of each class; the map has the first `CHUNK` of all.

    Args:
        experiment: says how the input is corrupted.
        dataset: where the pictures come from.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset) -> None:
        self.x = dataset.x_val[:CHUNK]
        self.x_input = corrupt_fixed(experiment, dataset.x_val)[:CHUNK]
        if experiment.corruption != "none":
            self.x_input = self.x_input.clone()  # not a part of all of them, which it keeps
        self.y = dataset.y_val[:CHUNK]
        labels = self.y.cpu().numpy()
        self._grid = torch.tensor([int(np.argmax(labels == c)) for c in np.unique(labels)])
        self._grid = self._grid.to(dataset.device)
        self._codebook_size = experiment.codebook_size
        corrupted = experiment.corruption != "none"
        self.probe = Probe(
            originals=to_pictures(self.x[self._grid]),
            corrupted=to_pictures(self.x_input[self._grid]) if corrupted else None,
            labels=labels,
            grid_labels=labels[self._grid.cpu().numpy()],
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
            x_hat=to_pictures(x_hat),
            errors=(x_hat - self.x[self._grid]).square().mean(dim=1).cpu().numpy(),
            plane=project(codes, self.probe.labels, previous.plane.points if previous else None),
            uses=self._uses(output),
        )

    def _uses(self, output: Output) -> NDArray[np.int64] | None:
        if output.code.indices is None:
            return None
        counts = output.code.indices.flatten().bincount(minlength=self._codebook_size)
        return counts.cpu().numpy()


def to_pictures(x: Tensor) -> Pictures:
    """Pixels in [0, 1] as greys: (n, 784) -> (n, 28, 28) of 0 to 255."""
    grey = x.detach().nan_to_num(0.0).clamp(0, 1).mul(255).round()
    pictures: NDArray[np.uint8] = grey.to(torch.uint8).cpu().numpy()
    return pictures.reshape(-1, SIDE, SIDE)
