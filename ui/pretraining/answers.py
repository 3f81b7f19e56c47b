"""Classifiers trained here, and those that come with the lab."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import streamlit as st

from aecore.data import datasets
from aecore.engine.job import Job, Steps
from aecore.engine.jobs import Name
from aecore.errors import RunError
from aecore.files import pretrained
from aecore.topics.pretraining.measure import Outcome, Summary, outcomes_of, shipped, summarise
from ui.kit import background, models, state

EXAMPLE = "vae-16"
"""Its results are shown for models that have none of their own yet."""

Key = tuple[str, str, tuple[int, ...]]
"""Model, dataset, classes: results of the same key belong into one chart."""


class Training(Job[Outcome]):
    """Classifiers on the weights of one model.

    Args:
        work: trains them.
        version: of the model, when its weights were taken.
        total: how many.
        known: those of earlier trainings, on the same weights.
    """

    def __init__(
        self,
        work: Callable[[], Steps[Outcome]],
        version: int,
        total: int,
        known: Iterable[Outcome],
    ) -> None:
        super().__init__(work, owner=state.owner(), known=known)
        self.version = version
        self.total = total
        self._n_known = len(self.found)

    @property
    def done(self) -> int:
        """How many of them are trained."""
        return len(self.found) - self._n_known


def data_choices(model_id: str) -> list[str]:
    """Datasets whose test pictures the model has not learned from, the first is the best."""
    experiment = models.experiment(model_id)
    full = ["mnist"] if datasets.is_on_disk("mnist") else []
    if model_id in pretrained.available() or experiment.dataset == datasets.BUNDLED:
        return [datasets.BUNDLED, *full]
    return [experiment.dataset]


def _name(key: Key) -> Name:
    return "pretraining", "classifiers", key


def names() -> list[Name]:
    """The jobs of all charts."""
    return background.names("pretraining", "classifiers")


def training(key: Key) -> Training | None:
    """What trains for a chart, or did last; what trains for another one comes first."""
    working = [name for name in names() if background.is_working(name)]
    return _training(working[0] if working else _name(key))


def _training(name: Name) -> Training | None:
    found = background.job(name)
    return found if isinstance(found, Training) else None


def is_running() -> bool:
    return background.is_working(*names())


def start(
    model_id: str,
    data: str,
    classes: tuple[int, ...],
    counts: Sequence[int],
    seeds: int,
    starts: Sequence[str],
) -> None:
    """Begins to train; classifiers of an earlier state of the model are forgotten."""
    from aecore.topics.pretraining import (
        ask as pretraining,  # imports torch: not before it is needed
    )

    try:
        taken = state.client().ask(model_id, pretraining.take)
    except RunError as error:  # deleted in another tab
        state.notify(error)
        return
    version = models.version(model_id)
    key = (model_id, data, classes)
    earlier = _training(_name(key))
    known = earlier.found if earlier is not None and earlier.version == version else ()
    work = partial(
        pretraining.classifier_steps,
        taken,
        data,
        tuple(counts),
        seeds,
        tuple(starts),
        classes,
    )
    job = Training(work, version, len(counts) * seeds * len(starts), known)
    background.start(_name(key), job)


def clear(key: Key) -> None:
    """Forgets what was trained here for one chart."""
    background.forget(_name(key))


def summaries(key: Key) -> tuple[Summary, ...]:
    """What was trained here for one chart."""
    job = _training(_name(key))
    found = () if job is None else job.found
    return summarise({(o.n_labels, o.start, o.seed): o for o in found}.values())


def is_outdated(key: Key) -> bool:
    """Whether the model has learned further since its classifiers were trained."""
    job = _training(_name(key))
    return job is not None and job.version != models.version(key[0])


@st.cache_data(show_spinner=False)
def shipped_summaries(name: str) -> tuple[Summary, ...]:
    """The results of a pretrained model that come with the lab, on full MNIST."""
    return summarise(outcomes_of(shipped(name)))


def shipped_pictures(name: str) -> int:
    """How many pictures without labels the encoder of the results that come with the lab has seen."""
    return int(shipped(name)[0]["pictures"])


def example_for(model_id: str) -> str:
    """The model whose results are shown while none have been trained here."""
    return model_id if shipped(model_id) else EXAMPLE
