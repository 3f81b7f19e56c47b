"""Classifiers trained here, and those that come with the lab."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from aecore.data import datasets
from aecore.engine.study import Study
from aecore.files import pretrained
from aecore.topics.pretraining.measure import Outcome, Summary, outcomes_of, shipped, summarise
from ui.kit import models

if TYPE_CHECKING:
    from aecore.topics.pretraining.classifier import Progress

EXAMPLE = "vae-16"
"""Its results are shown for models that have none of their own yet."""

PRETRAINING_STUDY = "pretraining_study"
PRETRAINING_FOUND = "pretraining_found"

Key = tuple[str, str, tuple[int, ...]]
"""Model, dataset, classes: results of the same key belong into one chart."""


@dataclass
class Training:
    """The classifiers that are being trained.

    Attributes:
        key: whose.
        version: of the model, when its weights were taken.
        total: how many.
        study: trains them.
    """

    key: Key
    version: int
    total: int
    study: "Study[Progress | Outcome]"

    def outcomes(self) -> list[Outcome]:
        return [item for item in self.study.poll() if isinstance(item, Outcome)]

    def share(self) -> float:
        """Of all the work, from 0 to 1."""
        items = self.study.poll()
        done = sum(isinstance(item, Outcome) for item in items)
        last = items[-1] if items else None
        within = 0.0 if last is None or isinstance(last, Outcome) else last.update / last.updates
        return min((done + within) / max(self.total, 1), 1.0)


def data_choices(model_id: str) -> list[str]:
    """Datasets whose test pictures the model has not learned from, the first is the best."""
    experiment = models.experiment(model_id)
    full = ["mnist"] if datasets.is_on_disk("mnist") else []
    if model_id in pretrained.available() or experiment.dataset == datasets.BUNDLED:
        return [datasets.BUNDLED, *full]
    return [experiment.dataset]


def training() -> Training | None:
    found: Training | None = st.session_state.get(PRETRAINING_STUDY)
    return found


def is_running() -> bool:
    now = training()
    return now is not None and not now.study.over


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

    taken = models.ask(model_id, pretraining.take)
    version = models.version(model_id)
    key = (model_id, data, classes)
    if _found().get(key, (version, {}))[0] != version:
        del _found()[key]
    arguments: tuple[Any, ...] = (taken, data, tuple(counts), seeds, tuple(starts), classes)
    work: Any = partial(pretraining.classifiers, *arguments)
    st.session_state[PRETRAINING_STUDY] = Training(
        key, version, len(counts) * seeds * len(starts), Study(work)
    )


def cancel() -> None:
    now = training()
    if now is not None:
        now.study.cancel()


def clear(key: Key) -> None:
    """Forgets what was trained here for one chart."""
    _found().pop(key, None)
    st.session_state.pop(PRETRAINING_STUDY, None)


def collect() -> None:
    """Takes in the classifiers that are done since the last look."""
    now = training()
    if now is not None:
        version, outcomes = _found().setdefault(now.key, (now.version, {}))
        if version == now.version:
            outcomes.update({(o.n_labels, o.start, o.seed): o for o in now.outcomes()})


def summaries(key: Key) -> tuple[Summary, ...]:
    """What was trained here for one chart."""
    return summarise(_found().get(key, (0, {}))[1].values())


def is_outdated(key: Key) -> bool:
    """Whether the model has learned further since its classifiers were trained."""
    found = _found().get(key)
    return found is not None and found[0] != models.version(key[0])


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


def _found() -> dict[Key, tuple[int, dict[tuple[int, str, int], Outcome]]]:
    found: dict[Key, tuple[int, dict[tuple[int, str, int], Outcome]]] = st.session_state.setdefault(
        PRETRAINING_FOUND, {}
    )
    return found
