"""A run that is to train and has not begun, as the bytes of a checkpoint.

Written here by hand, as torch may not be imported yet: that takes its time, and is under way.
"""

import dataclasses
import json

from aecore.spec.experiment import Experiment
from aecore.spec.view import History

KEY = "autoencoder-lab-checkpoint"
"""Of a checkpoint's card, in the metadata of its file."""


def to_bytes(run_id: str, experiment: Experiment, *, kept: bool) -> bytes:
    """A safetensors file without tensors, that `checkpoint.from_bytes` reads."""
    card = {
        "run_id": run_id,
        "experiment": json.loads(experiment.to_json()),
        "state": "running",
        "ended": None,
        "name": "",
        "kept": kept,
        "history": dataclasses.asdict(History()),
        "moments": [],
        "numbers": None,
    }
    header = json.dumps({"__metadata__": {KEY: json.dumps(card)}}).encode()
    return len(header).to_bytes(8, "little") + header
