"""pretrain: the models that come with the lab, made from full MNIST."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aecore.commands import _shared
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
    pretrain.add_argument("--out", type=Path, metavar="DIR", help="instead of assets/pretrained")
    pretrain.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
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
