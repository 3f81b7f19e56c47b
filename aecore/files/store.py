"""A saved run: weights as safetensors, everything else as JSON. Nothing is ever unpickled.

In a folder, the JSON lies beside the weights for people to read. As one file, which a browser can
take, it stands in the metadata of the safetensors file.
"""

import dataclasses
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError

from aecore.errors import N_, ExperimentError, Sentence, StoreError, why
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.fields import Number
from aecore.spec.view import History

WEIGHTS = "model.safetensors"
CARD = "run.json"
SUFFIX = ".safetensors"

MOST_BYTES = 256 * 2**20
"""Of a file; the largest experiment has about 200 MB of weights."""

MOST_HEADER = 4 * 2**20
"""Bytes of a file's header; a thousand epochs of curves are 0.2 MB."""

MOST_LEVELS = 10
"""Of lists in lists in a description; the deepest that the lab writes has four."""

LONGEST_NAME = 80
"""Characters of a variant's name that are repeated to the learner."""

OLD_PART = "test"
"""What the curves of older cards were measured on."""

_KEY = "autoencoder-lab"
_UNREADABLE = N_("its weights cannot be read")
_TERMS = {"recon_loss", "penalty", "total_loss"}
_FLOATS = ("F16", "BF16", "F32", "F64")


@dataclass(frozen=True, eq=False)
class Saved:
    """A run that was saved.

    Attributes:
        model: on the CPU; it knows its experiment.
        history: the curves.
        result: whatever else was known of the run.
        is_old: it is from before there was a validation part: its curves were measured on test
            pictures, and it has learned from some of what validates today.
    """

    model: Autoencoder
    history: History
    result: Mapping[str, Any]
    is_old: bool = False

    @property
    def experiment(self) -> Experiment:
        return self.model.experiment


class BrokenFileError(Exception):
    """Why something cannot be a saved run, as a sentence."""

    def __init__(self, reason: Sentence | str) -> None:
        super().__init__(str(reason))
        self.reason = reason


def save(
    folder: Path,
    model: Autoencoder,
    experiment: Experiment,
    history: History,
    result: dict[str, Any],
) -> None:
    """Writes a run into a folder, made if missing; a run already there is replaced.

    Raises:
        StoreError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WEIGHTS).write_bytes(to_bytes(model, experiment, history, result))
        card = _card(experiment, history, result)
        (folder / CARD).write_text(json.dumps(card, indent=1, allow_nan=False), encoding="utf-8")
    except OSError as error:
        raise StoreError(
            N_(
                "The run cannot be written to {folder} ({reason}): choose a folder with room for it."
            ),
            folder=str(folder),
            reason=why(error),
        ) from error


def to_bytes(
    model: Autoencoder, experiment: Experiment, history: History, result: dict[str, Any]
) -> bytes:
    """A run as one safetensors file."""
    weights = {name: w.detach().cpu().contiguous() for name, w in model.state_dict().items()}
    card = json.dumps(_card(experiment, history, result), allow_nan=False)
    return safetensors.torch.save(weights, {_KEY: card})


def load(folder: Path) -> Autoencoder:
    """The trained model of a run, on the CPU.

    Raises:
        StoreError: a file is missing, damaged, or belongs to another experiment.
    """
    return read(folder).model


def read(path: Path) -> Saved:
    """A run in a folder, or in one file.

    Raises:
        StoreError: something is missing, damaged, or belongs to another experiment.
    """
    try:
        if path.is_file():
            return _from_file(_start_of(path))
        return _restore(read_json(_start_of(path / CARD)), _start_of(path / WEIGHTS))
    except (OSError, ValueError, BrokenFileError) as error:  # ValueError: no system has such a path
        raise StoreError(
            N_(
                "{folder} does not hold a run of this lab ({reason}): it needs {card} and {weights} "
                "as `python -m aecore train --out` writes them."
            ),
            folder=str(path),
            reason=_why(error),
            card=CARD,
            weights=WEIGHTS,
        ) from error


def _why(error: OSError | ValueError | BrokenFileError) -> Sentence | str:
    if isinstance(error, BrokenFileError):
        return error.reason
    return why(error) if isinstance(error, OSError) else Sentence(N_("no system has such a name"))


def from_bytes(data: bytes) -> Saved:
    """The run in the bytes of a file that somebody uploaded.

    Sizes and shapes are checked before any array is made, and nothing in it is executed.

    Raises:
        StoreError: too large, damaged, of another kind or of another experiment.
    """
    try:
        return _from_file(data)
    except BrokenFileError as error:
        raise StoreError(
            N_(
                "This file does not hold a run of this lab ({reason}): choose a .safetensors file "
                "that the lab has saved."
            ),
            reason=error.reason,
        ) from error


def _start_of(path: Path) -> bytes:
    """The bytes of a file, or as many of them as show that it is too large."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _from_file(data: bytes) -> Saved:
    if len(data) > MOST_BYTES:
        raise BrokenFileError(
            Sentence(N_("it has more than {limit} MB"), limit=MOST_BYTES // 2**20)
        )
    metadata = read_header(data).get("__metadata__")
    card = metadata.get(_KEY) if isinstance(metadata, dict) else None
    if not isinstance(card, str):
        raise BrokenFileError(Sentence(N_("it holds weights, but no experiment of this lab")))
    return _restore(read_json(card), data)


def read_header(data: bytes) -> dict[str, Any]:
    """What a safetensors file says of itself: names, types and shapes of its tensors, and metadata."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise BrokenFileError(Sentence(N_("it is not a safetensors file, or is cut off")))
    if length > MOST_HEADER:
        raise BrokenFileError(
            Sentence(N_("its header has more than {limit} MB"), limit=MOST_HEADER >> 20)
        )
    return read_json(data[8 : 8 + length])


def read_json(text: bytes | str) -> dict[str, Any]:
    """A JSON object that can be shown, written again and walked through.

    Raises:
        BrokenFileError: it is anything else.
    """
    try:
        value = json.loads(text)
        _check_plain(value)
    except (ValueError, RecursionError) as error:
        raise BrokenFileError(Sentence(N_("its description is damaged"))) from error
    if not isinstance(value, dict):
        raise BrokenFileError(Sentence(N_("its description is damaged")))
    return value


def _check_plain(value: Any, levels: int = MOST_LEVELS) -> None:
    """Raises ValueError where lists lie too deep, or a text has half a character."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, (dict, list)):
        if levels == 0:
            raise ValueError("too many lists in lists")
        if isinstance(value, dict):
            "".join(value).encode()
        for item in value.values() if isinstance(value, dict) else value:
            _check_plain(item, levels - 1)


def read_tensors(
    data: bytes, header: Mapping[str, Any], dtypes: Collection[str]
) -> dict[str, torch.Tensor]:
    """All tensors of a file whose header has been read, if their types are allowed.

    Raises:
        BrokenFileError: another type, or sizes that do not fit the file.
    """
    allowed = tuple(dtypes)  # which, unlike a set, can be asked for anything
    entries = [entry for name, entry in header.items() if name != "__metadata__"]
    if not all(isinstance(entry, dict) and entry.get("dtype") in allowed for entry in entries):
        raise BrokenFileError(Sentence(N_("its description is damaged")))
    try:
        return safetensors.torch.load(data)
    except (SafetensorError, RuntimeError, ValueError) as error:
        raise BrokenFileError(Sentence(_UNREADABLE)) from error


def _restore(card: dict[str, Any], weights: bytes) -> Saved:
    try:
        experiment = Experiment.from_json(json.dumps(card.get("experiment")))
        variants.get(experiment.variant[:LONGEST_NAME])
    except ExperimentError as error:
        raise BrokenFileError(error.sentence) from error
    except (TypeError, ValueError) as error:
        raise BrokenFileError(Sentence(N_("its description is damaged"))) from error
    history = read_history(card.get("history"))
    result = card.get("result")
    _check_shapes(read_header(weights), experiment)
    try:
        tensors = safetensors.torch.load(weights)  # first: a model takes memory, a claim does not
        model = Autoencoder(experiment)
        model.load_state_dict(tensors)
    except (SafetensorError, RuntimeError, ValueError) as error:
        raise BrokenFileError(Sentence(_UNREADABLE)) from error
    return Saved(
        model, history, result if isinstance(result, dict) else {}, is_old(card.get("history"))
    )


def _check_shapes(header: dict[str, Any], experiment: Experiment) -> None:
    """Whether the tensors are those of the experiment, judged before any of them is made."""
    with torch.device("meta"):  # shapes without memory
        model = Autoencoder(experiment)
    wanted = {name: list(weight.shape) for name, weight in model.state_dict().items()}
    found = {name: entry for name, entry in header.items() if name != "__metadata__"}
    for name in wanted.keys() | found.keys():
        entry = found.get(name)
        said = (entry.get("shape"), entry.get("dtype")) if isinstance(entry, dict) else (None, None)
        if said[0] != wanted.get(name) or said[1] not in _FLOATS:
            raise BrokenFileError(Sentence(N_("its weights are not those of its experiment")))


def is_old(history: Any) -> bool:
    """Whether curves on a card were measured on test pictures, as before there was another part."""
    return isinstance(history, dict) and OLD_PART in history and "val" not in history


def read_history(values: Any) -> History:
    """The curves on a card; none where it has none. An old card's are those on test pictures."""
    if values is None:
        return History()
    try:
        epochs = tuple(int(epoch) for epoch in values["epochs"])
        part = OLD_PART if is_old(values) else "val"
        val = values[part]
        history = History(
            epochs=epochs,
            train={name: _curve(values["train"][name], epochs) for name in values["train"]},
            val={name: _curve(val[name], epochs) for name in val},
            val_mse=_curve(values[f"{part}_mse"], epochs),
            learning_rates={
                int(epoch): float(rate) for epoch, rate in values["learning_rates"].items()
            },
        )
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BrokenFileError(Sentence(N_("its curves are damaged"))) from error
    if not all(map(math.isfinite, history.learning_rates.values())):
        raise BrokenFileError(Sentence(N_("its curves are damaged")))
    epoch_spec = SPECS["epochs"]
    assert isinstance(epoch_spec, Number)
    in_order = epochs == tuple(range(len(epochs))) and len(epochs) <= epoch_spec.high + 1
    if not in_order or not history.train.keys() == history.val.keys() <= _TERMS:
        raise BrokenFileError(Sentence(N_("its curves are damaged")))
    return history


def _curve(values: Any, epochs: tuple[int, ...]) -> tuple[float, ...]:
    if not isinstance(values, list) or len(values) != len(epochs):
        raise ValueError("one number per epoch")
    return tuple(math.nan if value is None else float(value) for value in values)


def _card(experiment: Experiment, history: History, result: dict[str, Any]) -> dict[str, Any]:
    return without_nan(
        {
            "experiment": json.loads(experiment.to_json()),
            "result": result,
            "history": history_card(history),
        }
    )


def history_card(history: History) -> dict[str, Any]:
    """The curves as JSON has them; `read_history` reads them back."""
    return dataclasses.asdict(history)


def without_nan(value: Any) -> Any:
    """The same value with None for NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
