"""Questions to models that need no host."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def ask_pretrained(key: str, question: Callable[..., T], *args: Any) -> T:
    """What `question` answers about a pretrained model and the bundled digits.

    Raises:
        RunError: no such model.
    """
    from aecore.data import datasets
    from aecore.files import pretrained
    from aecore.training.subject import Subject

    model = pretrained.load(key)
    return question(Subject(model, datasets.load(datasets.BUNDLED)), *args)
