"""What the anomaly page asks. Questions import torch: not before a page needs an answer."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aecore.data import datasets
from aecore.data.datasets import BUNDLED
from aecore.files import pretrained
from ui.kit import models

if TYPE_CHECKING:
    from aecore.topics.anomaly.ask import Detection, Scored

DIGITS = (BUNDLED, "mnist")


def detect(model_id: str, normal: tuple[int, ...]) -> "Detection":
    """All test pictures, scored. Raises LabError where there is nothing to compare."""
    from aecore.topics.anomaly import ask as anomaly

    return models.ask(model_id, anomaly.detect, normal)


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
    """Other datasets than the model's own that need no download."""
    own = models.experiment(model_id).dataset
    others = [BUNDLED, "fashion-mnist", "kmnist"]
    known = DIGITS if own in DIGITS else (own,)
    return [key for key in others if key not in known and datasets.is_on_disk(key)]


def data_for_training(model_id: str, wanted: str) -> str:
    """What to train on: as the model on show, so that its class names fit.

    Args:
        model_id: the model on show.
        wanted: the dataset in the learner's own settings.
    """
    if model_id not in pretrained.available():
        return models.experiment(model_id).dataset
    return wanted if wanted in DIGITS and datasets.is_on_disk(wanted) else BUNDLED
