"""pretrain: the models that come with the lab, made from full MNIST."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from aecore.commands import _destinations, _shared
from aecore.errors import N_, ExperimentError

if TYPE_CHECKING:
    from aecore.commands._shared import Commands

ORDER = 90


def add(commands: "Commands") -> None:
    """Declares the command."""
    pretrain = commands.add_parser(
        "pretrain", help="make the models that come with the lab, from full MNIST"
    )
    pretrain.add_argument("--only", metavar="KEY", help="one of them instead of all")
    _destinations.add_out(pretrain, metavar="DIR", help="instead of assets/pretrained")
    pretrain.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from tqdm import tqdm

    from aecore.files import pretrained

    wanted = list(pretrained.RECIPES) if arguments.only is None else [arguments.only]
    if not set(wanted) <= set(pretrained.RECIPES):
        raise ExperimentError(
            N_("{parameter} must be one of {choices}, but was {received}."),
            parameter="--only",
            choices=", ".join(pretrained.RECIPES),
            received=repr(arguments.only),
        )
    files = [f"{key}{suffix}" for key in wanted for suffix in (".safetensors", ".json")]
    out = _destinations.folder(arguments, *files)
    if out is None:
        _destinations.check_folder(out := pretrained.FOLDER, *files)
    cards = {}
    for key in wanted:
        with tqdm(desc=key, unit="batch", file=sys.stderr, disable=None) as bar:
            for progress in pretrained.make(key, out):
                if isinstance(progress, dict):
                    cards[key] = progress
                else:
                    done, bar.total = progress
                    bar.update(done - bar.n)
    return cards
