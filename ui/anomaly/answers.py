"""What the anomaly page asks. Questions import torch: not before a page needs an answer."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aecore.data import datasets
from aecore.data.datasets import BUNDLED, DATASETS
from aecore.files import pretrained
from ui.kit import models

if TYPE_CHECKING:
    from aecore.topics.anomaly.ask import Detection, Ranking, Scored

SAME_DIGITS = (BUNDLED, "mnist")
"""The bundled digits are a part of MNIST."""


def detect(model_id: str, normal: tuple[int, ...]) -> "Detection":
    """All test samples, scored. Raises LabError where there is nothing to compare."""
    from aecore.topics.anomaly import ask as anomaly

    return models.ask(model_id, anomaly.detect, normal)


def rank(model_id: str) -> "Ranking":
    """All test samples of a dataset without labels, scored."""
    from aecore.topics.anomaly import ask as anomaly

    return models.ask(model_id, anomaly.rank)


def score_test(model_id: str, normal: tuple[int, ...], indices: tuple[int, ...]) -> "Scored":
    from aecore.topics.anomaly import ask as anomaly

    return models.ask(model_id, anomaly.score_test, normal, indices)


def score_own(model_id: str, normal: tuple[int, ...], pixels: NDArray[np.float32]) -> "Scored":
    from aecore.topics.anomaly import ask as anomaly

    return models.ask(model_id, anomaly.score_own, normal, pixels)


def score_made_up(model_id: str, normal: tuple[int, ...]) -> "Scored":
    from aecore.topics.anomaly import ask as anomaly

    return models.ask(model_id, anomaly.score_made_up, normal)


def score_foreign(model_id: str, normal: tuple[int, ...], key: str) -> "Scored":
    from aecore.topics.anomaly import ask as anomaly

    return models.ask(model_id, anomaly.score_foreign, normal, key)


def foreign_datasets(model_id: str) -> list[str]:
    """Other datasets than the model's own, of the same shape, that need no download."""
    own = models.dataset(model_id)
    known = SAME_DIGITS if own.key in SAME_DIGITS else (own.key,)
    others = [key for key, spec in DATASETS.items() if spec.shape == own.shape]
    names = [key for key in others if key not in known and key != "mnist"]
    return [key for key in names if datasets.is_on_disk(key)]


def can_be_trained_on() -> list[str]:
    """Datasets with classes of which some may be strange, and that need no download."""
    return [key for key, spec in DATASETS.items() if len(spec.classes) > 1 and _is_here(key)]


def data_for_training(model_id: str, wanted: str) -> str:
    """What to train on at first: as the model on show.

    Args:
        model_id: the model on show.
        wanted: the dataset in the learner's own settings.
    """
    own = BUNDLED if model_id in pretrained.available() else models.experiment(model_id).dataset
    if model_id in pretrained.available() and wanted in SAME_DIGITS:
        own = wanted
    return own if own in can_be_trained_on() else BUNDLED


def _is_here(key: str) -> bool:
    return DATASETS[key].is_bundled or datasets.is_on_disk(key)
