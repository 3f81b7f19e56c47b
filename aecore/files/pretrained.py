"""Small models that come with the lab, so that every page has something to show at once.

`python -m aecore pretrain` makes them from full MNIST. The bundled digits all come from MNIST's
training set, so the bundled validation and test digits are left out of it first, matched by
content: what a page calls a test digit was never trained on, nor what it chooses a threshold by.
"""

import dataclasses
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aecore import assets
from aecore.data import datasets
from aecore.data.datasets import BUNDLED, Dataset
from aecore.errors import N_, RunError
from aecore.spec import variants
from aecore.spec.experiment import Experiment

if TYPE_CHECKING:
    import torch

    from aecore.model.autoencoder import Autoencoder

FOLDER = assets.folder("pretrained")


def _recipes() -> dict[str, Experiment]:
    def recipe(variant: str, latent_dim: int, epochs: int, **changes: Any) -> Experiment:
        return variants.build(
            variant, dataset="mnist", latent_dim=latent_dim, epochs=epochs, **changes
        )

    return {
        "vanilla-2": recipe("vanilla", 2, 40),
        "vanilla-32": recipe("vanilla", 32, 30),
        "vae-2": recipe("vae", 2, 40, hidden=(128, 64)),
        "vae-16": recipe("vae", 16, 30),
        "cvae-8": recipe("cvae", 8, 40),
        "denoising-32": recipe("denoising", 32, 30),
        "sparse-128": recipe("sparse", 128, 20),
        "sparse-256": recipe("sparse", 256, 20, penalty_weight=0.1),
        "sparse-kl-128": recipe("sparse-kl", 128, 20),
        "top-k-128": recipe("top-k", 128, 20, k=16),
        "convolutional-32": recipe("convolutional", 32, 8),
        "anomaly-3": recipe("convolutional", 16, 30, classes=(3,), batch_size=64),
        "superres-14": recipe("super-resolution", 64, 15, noise_level=0.5),
        "superres-7": recipe("super-resolution", 48, 15, noise_level=0.75),
    }


RECIPES: dict[str, Experiment] = _recipes()


def without(dataset: Dataset, held_out: Dataset) -> Dataset:
    """The dataset without those training pictures that another one chooses by or tests with.

    Args:
        dataset: whose training pictures are filtered.
        held_out: whose validation and test pictures must not be trained on.
    """
    import torch

    pictures = torch.cat([held_out.x_val, held_out.x_test])
    forbidden = {row.tobytes() for row in _as_bytes(pictures)}
    kept = [row.tobytes() not in forbidden for row in _as_bytes(dataset.x_train)]
    mask = torch.tensor(kept, device=dataset.device)
    return dataclasses.replace(
        dataset, x_train=dataset.x_train[mask], y_train=dataset.y_train[mask]
    )


def _as_bytes(x: "torch.Tensor") -> Any:
    return (x * 255).round().byte().cpu().numpy()


def make(key: str, folder: Path = FOLDER) -> Iterator[tuple[int, int] | dict[str, Any]]:
    """Trains one of the recipes and writes it. Yields (batch, batches) and, last, its card.

    Weights are kept in half precision; the errors on the card are measured after rounding.
    """
    import torch
    from safetensors.torch import save_file

    from aecore.training.loop import Training

    experiment = RECIPES[key]
    bundled = datasets.load(BUNDLED)
    full = datasets.load("mnist")
    training = Training(experiment, without(full, bundled))
    batches = experiment.epochs * training.steps_per_epoch
    for snapshot in training:
        yield snapshot.step, batches
    weights = {name: w.half() for name, w in training.model.state_dict().items()}
    training.model.load_state_dict(weights)  # rounded, as a reader will have them
    card = {
        "experiment": json.loads(experiment.to_json()),
        "made_by": f"python -m aecore pretrain --only {key}",
        "training_pictures": len(training.x_train),
        "test_mse_mnist": _test_mse(training.model, full),
        "test_mse_bundled": _test_mse(training.model, bundled),
        "parameters": training.model.n_parameters,
        "train_seconds": round(training.seconds, 1),
        "torch": torch.__version__,
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / f"{key}.safetensors")
    (folder / f"{key}.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    yield card


def _test_mse(model: "Autoencoder", dataset: Dataset) -> float:
    from aecore.training.evaluation import evaluate
    from aecore.training.loop import corrupt_fixed

    x_input = corrupt_fixed(model.experiment, dataset.x_test)
    return evaluate(model, x_input, dataset.x_test, dataset.y_test).mse


_complete: set[Path] = set()
"""Folders that hold every model: no other can come, so nobody looks into them again."""


def available(folder: Path = FOLDER) -> tuple[str, ...]:
    """The models that are there, in the order of the recipes."""
    if folder in _complete:
        return tuple(RECIPES)
    found = tuple(key for key in RECIPES if (folder / f"{key}.safetensors").exists())
    if len(found) == len(RECIPES):
        _complete.add(folder)
    return found


@lru_cache(maxsize=16)
def card(key: str, folder: Path = FOLDER) -> dict[str, Any]:
    """What is known of a pretrained model. Raises RunError for an unknown one."""
    if key not in available(folder):
        raise RunError(
            N_("{parameter} must be one of {choices}, but was {received}."),
            parameter="run",
            choices=", ".join(available(folder)),
            received=repr(key[:24]),
        )
    return json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))


def n_pictures(folder: Path = FOLDER) -> int:
    """How many pictures the models have learned from that know all classes."""
    return max((card(key, folder)["training_pictures"] for key in available(folder)), default=0)


@lru_cache(maxsize=64)
def experiment_of(key: str, folder: Path = FOLDER) -> Experiment:
    """What a pretrained model was trained to do."""
    return Experiment.from_json(json.dumps(card(key, folder)["experiment"]))


@lru_cache(maxsize=16)
def load(key: str, folder: Path = FOLDER) -> "Autoencoder":
    """A pretrained model, on the CPU, shared by all who ask: never change it."""
    from safetensors.torch import load_file

    from aecore.model.autoencoder import Autoencoder

    experiment = experiment_of(key, folder)
    model = Autoencoder(experiment)
    weights = load_file(folder / f"{key}.safetensors")
    model.load_state_dict({name: w.float() for name, w in weights.items()})
    return model.eval()
