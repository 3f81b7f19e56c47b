"""Lightning with `barebones=True`, which its documentation offers for measuring raw speed.

The documentation takes any iterable of batches for a loader, advises workers for data that must be
read, and offers `torch.compile`:
https://lightning.ai/docs/pytorch/stable/advanced/speed.html,
https://lightning.ai/docs/pytorch/stable/advanced/compile.html
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, TensorDataset

from benchmarks.contestants.task import BATCH, ENDLESS, Entry, Task
from benchmarks.pace import Pace


class Batches:
    """The pictures in shuffled batches, cut from one tensor."""

    def __init__(self, task: Task, whole: bool = False) -> None:
        self._task = task
        self._whole = whole

    def __len__(self) -> int:
        n = self._task.whole_batches if self._whole else len(self._task.x)
        return -(-n // BATCH)

    def __iter__(self) -> Iterator[Tensor]:
        for batch in next(self._task.epochs())[: len(self)]:
            yield self._task.x[batch]


def loader(task: Task) -> Iterable[Any]:
    """PyTorch's own way of reading whole batches: a batch sampler, automatic batching off."""
    data = TensorDataset(task.x)
    sampler = BatchSampler(RandomSampler(data), BATCH, drop_last=False)
    return DataLoader(data, sampler=sampler, batch_size=None)


def fit(
    task: Task, pace: Pace, batches: Callable[[Task], Iterable[Any]], compiled: bool = False
) -> None:
    import lightning

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network = task.network()

        def training_step(self, batch: Any, batch_idx: int) -> Tensor:
            x = batch if isinstance(batch, Tensor) else batch[0]
            return self.network.loss(self.network(x), x)

        def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
            pace(len(batch) if isinstance(batch, Tensor) else len(batch[0]))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            lr = task.experiment.learning_rate
            return torch.optim.Adam(self.parameters(), lr=lr, fused=True)

    module = Module()
    pace.weights = module.network.state_dict
    with tempfile.TemporaryDirectory() as folder:
        trainer = lightning.Trainer(
            accelerator="gpu" if task.device.type == "cuda" else "cpu",
            devices=1,
            max_epochs=ENDLESS,
            barebones=True,
            default_root_dir=folder,
        )
        trainer.fit(torch.compile(module) if compiled else module, batches(task))


LIGHTNING = Entry(
    "Lightning",
    {
        "DataLoader with a batch sampler": partial(fit, batches=loader),
        "iterable of batches": partial(fit, batches=Batches),
        "iterable of batches, torch.compile": partial(
            fit, batches=partial(Batches, whole=True), compiled=True
        ),
    },
    package="lightning",
)
