"""A run on disk: weights as safetensors, everything else as JSON. Nothing is ever unpickled."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from aecore.errors import N_, ExperimentError, StoreError
from aecore.experiment import Experiment
from aecore.model import Autoencoder
from aecore.view import History

WEIGHTS = "model.safetensors"
CARD = "run.json"


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
    card = without_nan(
        {
            "experiment": json.loads(experiment.to_json()),
            "result": result,
            "history": dataclasses.asdict(history),
        }
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: w.detach().cpu().contiguous() for name, w in model.state_dict().items()}
        save_file(weights, folder / WEIGHTS)
        (folder / CARD).write_text(json.dumps(card, indent=1, allow_nan=False), encoding="utf-8")
    except (OSError, SafetensorError) as error:
        raise StoreError(
            N_(
                "The run cannot be written to {folder} ({reason}): choose a folder with room for it."
            ),
            folder=str(folder),
            reason=str(error),
        ) from error


def load(folder: Path) -> Autoencoder:
    """The trained model of a run, on the CPU.

    Raises:
        StoreError: a file is missing, damaged, or belongs to another experiment.
    """
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        experiment = Experiment.from_json(json.dumps(card["experiment"]))
        model = Autoencoder(experiment)
        model.load_state_dict(load_file(folder / WEIGHTS))
    except (
        OSError,
        ValueError,  # JSON and text decoding
        KeyError,
        TypeError,
        RuntimeError,  # tensors of other names or shapes
        SafetensorError,
        ExperimentError,
    ) as error:
        raise StoreError(
            N_(
                "{folder} does not hold a run of this lab ({reason}): it needs {card} and {weights} "
                "as `python -m aecore train --out` writes them."
            ),
            folder=str(folder),
            reason=str(error).splitlines()[0],
            card=CARD,
            weights=WEIGHTS,
        ) from error
    return model


def without_nan(value: Any) -> Any:
    """The same value with None for NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
