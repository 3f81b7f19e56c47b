"""What a lesson claims, and where new test pictures or new trainings come from."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import torch

from aecore.data import datasets
from aecore.data.datasets import BUNDLED, Dataset
from aecore.files import pretrained
from aecore.model.autoencoder import Autoencoder
from aecore.spec.experiment import Experiment
from aecore.training.evaluation import CHUNK
from aecore.training.loop import Training
from aecore.training.subject import Subject

SUBSAMPLE = 0.8
"""Share of the bundled test digits that a draw keeps where full MNIST is not on disk."""


@dataclass
class Bench:
    """Where claims are measured.

    Attributes:
        quick: only whether it runs: trainings have two epochs.
    """

    quick: bool = False
    _trained: dict[Experiment, Autoencoder] = field(default_factory=dict)

    def asked(self, key: str, seed: int) -> Subject:
        """A pretrained model with test digits that it has never seen.

        Args:
            key: of the model.
            seed: 0 for the digits of the pages; others give another thousand each, from MNIST's
                own test set or, where that is not on disk, a part of the same digits.
        """
        return Subject(pretrained.load(key), drawn(seed))

    def trained(self, experiment: Experiment) -> Subject:
        """A model that is trained here, on the bundled digits, with its seed."""
        if self.quick:
            experiment = experiment.replace(epochs=min(experiment.epochs, 2))
        if experiment not in self._trained:
            training = Training(experiment, datasets.load(BUNDLED, "cpu"))
            for _snapshot in training:
                pass
            self._trained[experiment] = training.model.eval()
        return Subject(self._trained[experiment], datasets.load(BUNDLED, "cpu"))


@cache
def drawn(seed: int) -> Dataset:
    """The bundled digits with other test pictures: see `Bench.asked`."""
    bundled = datasets.load(BUNDLED, "cpu")
    if seed == 0:
        return bundled
    if datasets.is_on_disk("mnist"):
        whole = datasets.load("mnist", "cpu")
        start = (seed - 1) * CHUNK % len(whole.x_test)
        part = slice(start, start + CHUNK)
        x, y = whole.x_test[part], whole.y_test[part]
    else:
        n = len(bundled.x_test)
        order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
        kept = order[: round(SUBSAMPLE * n)].sort().values
        x, y = bundled.x_test[kept], bundled.y_test[kept]
    return dataclasses.replace(bundled, x_test=x, y_test=y)


@dataclass(frozen=True)
class Claim:
    """One number of a lesson.

    Attributes:
        lesson: its file's name, without language and ending.
        en, ko: what the lesson says, word for word.
        measure: of a seed, the number; shares are from 0 to 100.
        low, high: what the text says, as a range: rounding and words such as "about" included.
        what: what is measured, and what a seed changes.
    """

    lesson: str
    en: str
    ko: str
    measure: Callable[[Bench, int], float]
    low: float
    high: float
    what: str

    @property
    def name(self) -> str:
        return f"{self.lesson}: {self.en}"
