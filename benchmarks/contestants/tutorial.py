"""The loop of most tutorials: torchvision, ToTensor, DataLoader, Adam at its defaults."""

from functools import partial

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as PairDataset
from torchvision import transforms
from torchvision.datasets import MNIST

from aecore.data import datasets
from aecore.data.datasets import Dataset
from aecore.parts.datasets import DIGIT
from benchmarks.contestants.task import BATCH, Entry, Task
from benchmarks.pace import Pace


def loop(task: Task, pace: Pace, workers: int) -> None:
    loader = DataLoader(
        _pictures(task.dataset),
        batch_size=BATCH,
        shuffle=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    model = task.network()
    pace.weights = model.state_dict
    optimizer = torch.optim.Adam(model.parameters(), lr=task.experiment.learning_rate)
    while True:
        for images, _ in loader:
            x = images.to(task.device).view(-1, DIGIT.size)
            optimizer.zero_grad()
            loss = model.loss(model(x), x)
            loss.backward()
            optimizer.step()
            pace(len(x))


class _Bundled(PairDataset[tuple[Tensor, int]]):
    """The bundled digits the way torchvision serves MNIST: one picture at a time."""

    def __init__(self, dataset: Dataset) -> None:
        pixels = dataset.x_train.mul(255).round().byte().cpu().numpy()
        self._pictures = pixels.reshape(-1, DIGIT.height, DIGIT.height, 1)
        self._labels = dataset.y_train.tolist()
        self._transform = transforms.Compose([transforms.ToPILImage(), transforms.ToTensor()])

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self._transform(self._pictures[index]), self._labels[index]


def _pictures(dataset: Dataset) -> PairDataset[tuple[Tensor, int]]:
    if dataset.key == "mnist":
        folder = str(datasets.data_dir())
        pictures: PairDataset[tuple[Tensor, int]]
        pictures = MNIST(folder, train=True, transform=transforms.ToTensor())
        return pictures
    return _Bundled(dataset)


WAYS = {f"{workers} workers": partial(loop, workers=workers) for workers in (0, 2)}
TUTORIAL = Entry("tutorial loop", WAYS)
