"""The command line: everything that the app does, without a browser.

python -m aecore train --variant vae --latent-dim 2 --epochs 5 --json
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from aecore import datasets, variants
from aecore.errors import N_, ExperimentError, LabError
from aecore.experiment import PIXELS, SPECS
from aecore.view import History

if TYPE_CHECKING:
    from aecore.training import Snapshot, Training

EXPERIMENT_FLAGS = ("dataset", "latent_dim", "epochs", "seed")
"""Fields with a flag of their own; all the others go through --set."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without repeating the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See '{self.prog} --help'.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Returns the exit code: 0, 1 if it failed, 2 for bad arguments."""
    arguments = _parser().parse_args(argv)
    try:
        result: Any = arguments.run(arguments)
    except LabError as error:
        print(f"aecore: {error}", file=sys.stderr)
        return 2 if isinstance(error, ExperimentError) else 1
    except KeyboardInterrupt:
        print("aecore: interrupted", file=sys.stderr)
        return 130
    print(json.dumps(result) if arguments.json else arguments.show(result))
    return 0


def _parser() -> _Parser:
    parser = _Parser(prog="aecore", description="Train and measure autoencoders on MNIST.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train one experiment and measure it")
    train.add_argument(
        "--variant", default="vanilla", metavar="NAME", help="; ".join(variants.VARIANTS)
    )
    for name in EXPERIMENT_FLAGS:
        train.add_argument(_flag(name), metavar="VALUE", help=SPECS[name].help)
    train.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help=f"any other field of the experiment: {', '.join(SPECS)}",
    )
    train.add_argument("--out", type=Path, metavar="DIR", help="save the run there")
    train.set_defaults(run=_train, show=_show_train)

    pca = commands.add_parser("pca", help="fit PCA on the training set and measure it")
    for name in ("latent_dim", "dataset"):
        pca.add_argument(_flag(name), metavar="VALUE", help=SPECS[name].help)
    pca.set_defaults(run=_pca, show=_show_numbers)

    listing = commands.add_parser("variants", help="list the variants and what each changes")
    listing.set_defaults(run=_variants, show=_show_variants)

    pretrain = commands.add_parser(
        "pretrain", help="make the models that come with the lab, from full MNIST"
    )
    pretrain.add_argument("--only", metavar="KEY", help="one of them instead of all")
    pretrain.add_argument("--out", type=Path, metavar="DIR", help="instead of assets/pretrained")
    pretrain.set_defaults(run=_pretrain, show=_show_numbers)

    for command in (train, pca, listing, pretrain):
        command.add_argument(
            "--json", action="store_true", help="print one JSON object as the last line"
        )
    return parser


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _train(arguments: argparse.Namespace) -> dict[str, Any]:
    experiment = variants.build(arguments.variant, _texts(arguments))
    # torch takes a second to import: not before the arguments are known to be good.
    from aecore import devices, store
    from aecore.evaluation import evaluate
    from aecore.training import Training

    device = devices.choose()
    dataset = datasets.load(experiment.dataset, device, progress=_Download())
    training = Training(experiment, dataset)
    started = time.perf_counter()
    history, last = _run(training)
    test = last.test or evaluate(training.model, training.x_test_input, training.x_test)
    result = {
        "variant": experiment.variant,
        "dataset": experiment.dataset,
        "latent_dim": experiment.latent_dim,
        "epochs": training.epoch,
        "seed": experiment.seed,
        "device": str(device),
        "device_name": devices.describe(device),
        "parameters": training.model.n_parameters,
        "train_seconds": round(time.perf_counter() - started, 3),
        "images_per_second": round(training.images / training.seconds, 1),
        "test_mse": test.mse,
        "test_sse": test.sse,
        "test_terms": dict(test.terms),
        "ended": last.ended,
        "experiment": json.loads(experiment.to_json()),
    }
    if arguments.out:
        store.save(arguments.out, training.model, experiment, history, result)
    finite: dict[str, Any] = store.without_nan(result)
    return finite


def _run(training: "Training") -> tuple[History, "Snapshot"]:
    """Trains to the end, with a progress bar. Returns the curves and the last snapshot."""
    from tqdm import tqdm

    history = History()
    total = training.experiment.epochs * training.steps_per_epoch
    with tqdm(total=total, unit="batch", file=sys.stderr, disable=None) as bar:
        for snapshot in training:
            bar.update(snapshot.step - bar.n)
            if snapshot.test is not None:
                test = snapshot.test
                history = history.extended(snapshot.epoch, snapshot.train, test.terms, test.mse)
                bar.set_postfix(epoch=snapshot.epoch, test_mse=f"{test.mse:.4f}", refresh=False)
    return history, snapshot


class _Download:
    """A progress bar for a dataset that is being fetched."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        from tqdm import tqdm

        if self._bar is None:
            self._bar = tqdm(total=total, unit="B", unit_scale=True, file=sys.stderr, disable=None)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self._bar.close()


def _texts(arguments: argparse.Namespace) -> dict[str, str]:
    texts = {}
    for pair in arguments.set:
        name, equals, text = pair.partition("=")
        if not equals:
            raise ExperimentError(
                N_("{parameter} must be written FIELD=VALUE, but was {received}."),
                parameter="--set",
                received=repr(pair),
            )
        texts[name] = text
    given = {name: getattr(arguments, name) for name in EXPERIMENT_FLAGS}
    return _data() | texts | {name: text for name, text in given.items() if text is not None}


def _data() -> dict[str, str]:
    """Full MNIST where it lies ready, else the bundled digits; --dataset overrides."""
    return {"dataset": "mnist" if datasets.is_on_disk("mnist") else "mnist-5k"}


def _pca(arguments: argparse.Namespace) -> dict[str, Any]:
    texts = {name: getattr(arguments, name) for name in ("latent_dim", "dataset")}
    given = {name: text for name, text in texts.items() if text is not None}
    experiment = variants.build("linear", _data() | given)
    from aecore import devices
    from aecore.references import references

    dataset = datasets.load(experiment.dataset, devices.choose(), progress=_Download())
    mse = references(experiment, dataset).mse
    return {
        "dataset": experiment.dataset,
        "latent_dim": experiment.latent_dim,
        "test_mse": mse["pca"],
        "test_sse": mse["pca"] * PIXELS,
        "mean_image_test_mse": mse["mean"],
    }


def _variants(arguments: argparse.Namespace) -> list[dict[str, str]]:
    return [
        {"key": v.key, "title": v.title, "changes": v.changes, "paper": v.paper}
        for v in variants.VARIANTS.values()
    ]


def _pretrain(arguments: argparse.Namespace) -> dict[str, Any]:
    from tqdm import tqdm

    from aecore import pretrained

    wanted = [arguments.only] if arguments.only else list(pretrained.RECIPES)
    if not set(wanted) <= set(pretrained.RECIPES):
        raise ExperimentError(
            N_("{parameter} must be one of {choices}, but was {received}."),
            parameter="--only",
            choices=", ".join(pretrained.RECIPES),
            received=repr(arguments.only),
        )
    cards = {}
    for key in wanted:
        with tqdm(desc=key, unit="batch", file=sys.stderr, disable=None) as bar:
            for progress in pretrained.make(key, arguments.out or pretrained.FOLDER):
                if isinstance(progress, dict):
                    cards[key] = progress
                else:
                    done, bar.total = progress
                    bar.update(done - bar.n)
    return cards


def _show_train(result: dict[str, Any]) -> str:
    hidden = ("experiment", "test_terms")
    return _show_numbers({name: value for name, value in result.items() if name not in hidden})


def _show_numbers(result: dict[str, Any]) -> str:
    return "\n".join(f"{name:20} {value}" for name, value in result.items())


def _show_variants(rows: list[dict[str, str]]) -> str:
    return "\n".join(f"{row['key']:14} {row['title']}: {row['changes']}" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
