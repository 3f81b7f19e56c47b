"""A run as bytes, complete enough to go on elsewhere: after a worker's death, or after a restart.

One safetensors file, like a run that a learner saves, with the training's whole state and the
stored moments beside the weights. It is read as carefully: nothing is unpickled, and sizes and
shapes are checked before any array is made.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import safetensors.torch
import torch

from aecore.analysis.latent import Plane
from aecore.engine import checkpoint_folder, unstarted
from aecore.engine import run_id as run_ids
from aecore.errors import N_, ExperimentError, Sentence
from aecore.files import store
from aecore.files.store import BrokenFileError
from aecore.spec import variants
from aecore.spec.experiment import Experiment
from aecore.spec.view import ENDINGS, History, Moment
from aecore.training import resume

if TYPE_CHECKING:
    from aecore.training.loop import Training

MOST_BYTES = 1024 * 2**20
"""Of a checkpoint; the largest experiment has about 600 MB of weights and moving averages."""

STATES = ("running", "paused", "ended")

_KEY = unstarted.KEY
_TRAINING = "training."
_MOMENTS = "moments."
_KINDS = ("codes", "pca", "strip")
_DTYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64, "U8": torch.uint8}


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run at one moment.

    Attributes:
        run_id: its id, which stays.
        experiment: as it is now; live fields may have changed since the start.
        state: running, paused or ended.
        ended: why, if it has ended.
        name: what the learner calls it.
        kept: whether the learner wants it to stay.
        history: the curves.
        moments: what viewers can look back at, by epoch.
        training: what its training needs to go on; None before its first batch.
    """

    run_id: str
    experiment: Experiment
    state: str
    ended: str | None
    name: str
    kept: bool
    history: History
    moments: Mapping[int, Moment]
    training: resume.State | None = field(repr=False)

    @property
    def epoch(self) -> int:
        return self._count("epoch")

    @property
    def step(self) -> int:
        return self._count("step")

    def _count(self, name: str) -> int:
        return 0 if self.training is None else int(self.training.numbers[name] or 0)


def to_bytes(checkpoint: Checkpoint) -> bytes:
    """The checkpoint as one safetensors file."""
    training = checkpoint.training
    tensors = {}
    if training is not None:
        tensors = {_TRAINING + name: v.contiguous() for name, v in training.tensors.items()}
    for name, array in _moment_arrays(checkpoint.moments).items():
        tensors[_MOMENTS + name] = torch.from_numpy(np.ascontiguousarray(array))
    card = store.without_nan(
        {
            "run_id": checkpoint.run_id,
            "experiment": json.loads(checkpoint.experiment.to_json()),
            "state": checkpoint.state,
            "ended": checkpoint.ended,
            "name": checkpoint.name,
            "kept": checkpoint.kept,
            "history": store.history_card(checkpoint.history),
            "moments": [
                [m.epoch, m.step, m.plane.kind, m.plane.explained]
                for m in checkpoint.moments.values()
            ],
            "numbers": None if training is None else dict(training.numbers),
        }
    )
    return safetensors.torch.save(tensors, {_KEY: json.dumps(card, allow_nan=False)})


def from_bytes(data: bytes) -> Checkpoint:
    """The checkpoint in the bytes of a file.

    Raises:
        StoreError: damaged, too large, or no checkpoint of this lab.
    """
    try:
        return _read(data)
    except BrokenFileError as error:
        raise checkpoint_folder.not_read(error.reason) from error


def check_fits(checkpoint: Checkpoint, training: "Training") -> None:
    """Whether the state is one of such a training.

    Raises:
        StoreError: it is not.
    """
    names = {dtype: name for name, dtype in _DTYPES.items()}
    assert checkpoint.training is not None
    shapes = {
        name: (tuple(tensor.shape), names.get(tensor.dtype, ""))
        for name, tensor in checkpoint.training.tensors.items()
    }
    if not resume.fits(training, shapes):
        raise checkpoint_folder.not_read(
            Sentence(N_("its weights are not those of its experiment"))
        )


def _read(data: bytes) -> Checkpoint:
    if len(data) > MOST_BYTES:
        raise BrokenFileError(
            Sentence(N_("it has more than {limit} MB"), limit=MOST_BYTES // 2**20)
        )
    header = store.read_header(data)
    metadata = header.get("__metadata__")
    text = metadata.get(_KEY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise BrokenFileError(Sentence(N_("it is not a checkpoint of this lab")))
    card = store.read_json(text)
    tensors = store.read_tensors(data, header, set(_DTYPES))
    try:
        experiment = Experiment.from_json(json.dumps(card.get("experiment")))
        variants.get(experiment.variant)
        return Checkpoint(
            experiment=experiment,
            history=store.read_history(card.get("history")),
            moments=_moments(card["moments"], _part(tensors, _MOMENTS), experiment.shape.seen),
            training=_state(card["numbers"], _part(tensors, _TRAINING)),
            **_described(card),
        )
    except ExperimentError as error:
        raise BrokenFileError(error.sentence) from error
    except (KeyError, TypeError, ValueError, OverflowError, IndexError) as error:
        raise BrokenFileError(Sentence(N_("its description is damaged"))) from error


def _described(card: dict[str, Any]) -> dict[str, Any]:
    run_id, state, ended, name = (card[key] for key in ("run_id", "state", "ended", "name"))
    if not run_ids.is_one(run_id):
        raise ValueError("a run's id")
    if state not in STATES or not isinstance(ended, (str, type(None))):
        raise ValueError("a state")
    if (state == "ended") != (ended in ENDINGS):
        raise ValueError("a reason")
    return {
        "run_id": run_id,
        "state": state,
        "ended": ended,
        "name": str(name),
        "kept": card["kept"] is True,
    }


def _part(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _state(numbers: Any, tensors: Mapping[str, torch.Tensor]) -> resume.State | None:
    if numbers is None and not tensors:
        return None
    return resume.State(tensors, _numbers(numbers))


def _numbers(values: Any) -> dict[str, float | None]:
    numbers: dict[str, float | None] = {}
    for name in resume.NUMBERS:
        value = values[name]
        if value is not None and not (type(value) in (int, float) and -1e15 < value < 1e15):
            raise ValueError(name)
        numbers[name] = value
    for name in resume.COUNTS:
        count = numbers[name]
        if count is None or count < 0:
            raise ValueError(name)
    return numbers


def _moment_arrays(moments: Mapping[int, Moment]) -> dict[str, np.ndarray[Any, Any]]:
    stored = list(moments.values())
    if not stored:
        return {}
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "x_hat": np.stack([m.x_hat for m in stored]),
        "errors": np.stack([m.errors for m in stored]),
        "points": np.stack([m.plane.points for m in stored]).astype(np.float32),
    }
    if stored[0].uses is not None:
        arrays["uses"] = np.stack([m.uses for m in stored if m.uses is not None])
    return arrays


def _moments(
    rows: Any, tensors: Mapping[str, torch.Tensor], seen: tuple[int, ...]
) -> dict[int, Moment]:
    """The moments of rows [epoch, step, kind, explained] and the arrays that belong to them.

    Args:
        seen: the axes of one sample as viewers are given it.
    """
    if not rows:
        return {}
    arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
    x_hat, errors, points = arrays["x_hat"], arrays["errors"], arrays["points"]
    uses = arrays.get("uses")
    n = len(rows)
    shaped = (
        x_hat.dtype == np.uint8
        and x_hat.shape == (n, x_hat.shape[1], *seen)
        and errors.shape == (n, x_hat.shape[1])
        and points.shape == (n, points.shape[1], 2)
        and (uses is None or (uses.ndim == 2 and len(uses) == n))
    )
    if not shaped:
        raise ValueError("moments")
    moments = {}
    for i, (epoch, step, kind, explained) in enumerate(rows):
        if kind not in _KINDS:
            raise ValueError("a plane")
        plane = Plane(points[i], kind, float(explained))
        row = None if uses is None else uses[i]
        moments[int(epoch)] = Moment(int(epoch), int(step), x_hat[i], errors[i], plane, row)
    return moments
