"""skorch, as its page on performance advises: no callbacks, no printing, a prepared dataset.

https://skorch.readthedocs.io/en/stable/user/performance.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from benchmarks.contestants.task import BATCH, ENDLESS, Entry, Task
from benchmarks.pace import Pace


class Batches:
    """The pictures in shuffled batches, cut from one tensor: what skorch calls an iterator."""

    def __init__(self, dataset: TensorDataset, batch_size: int, whole: bool = False) -> None:
        self._x = dataset.tensors[0]
        self._batch_size = batch_size
        self._whole = whole

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order = torch.randperm(len(self._x), device=self._x.device)
        for batch in order.split(self._batch_size):
            if len(batch) == self._batch_size or not self._whole:
                x = self._x[batch]
                yield x, x


class Criterion(nn.Module):
    """The network's loss; skorch hands it the outputs and the targets."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._loss = task.network().loss

    def forward(self, output: tuple[Tensor, ...], x: Tensor) -> Tensor:
        return self._loss(output, x)


def fit(task: Task, pace: Pace, **settings: Any) -> None:
    from skorch import NeuralNet

    class Net(NeuralNet):
        def on_batch_end(self, net: Any, batch: Any = None, **kwargs: Any) -> None:
            pace(len(batch[0]))

    module = task.network()
    pace.weights = module.state_dict
    net = Net(
        module,
        Criterion(task),
        optimizer=torch.optim.Adam,
        optimizer__fused=True,
        lr=task.experiment.learning_rate,
        batch_size=BATCH,
        max_epochs=ENDLESS,
        train_split=None,
        callbacks="disable",
        verbose=0,
        device=str(task.device),
        **settings,
    )
    net.fit(TensorDataset(task.x, task.x), None)


SKORCH = Entry(
    "skorch",
    {
        "TensorDataset and DataLoader": partial(fit, iterator_train__shuffle=True),
        "iterator of batches": partial(fit, iterator_train=Batches),
        "iterator of batches, compile=True": partial(
            fit, iterator_train=Batches, iterator_train__whole=True, compile=True
        ),
    },
    package="skorch",
)
