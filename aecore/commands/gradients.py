"""gradients: how little of the loss reaches the first layers of a deep stack, and what helps."""

import argparse
from typing import TYPE_CHECKING, Any

from aecore.commands import _shared
from aecore.data import datasets
from aecore.spec.experiment import SPECS
from aecore.spec.fields import Number

if TYPE_CHECKING:
    from aecore.commands._shared import Commands

ORDER = 25

DEPTH = Number(title="Hidden layers", help="", part="network", low=1, high=5, whole=True)


def add(commands: "Commands") -> None:
    """Declares the command."""
    command = commands.add_parser(
        "gradients",
        help="gradient of each layer of a deep autoencoder, trained with and without layer-wise "
        "pretraining on the bundled digits",
    )
    command.add_argument("--depth", default="5", metavar="N", help="hidden layers each way, 1 to 5")
    command.add_argument(
        "--activation", default="sigmoid", metavar="NAME", help=SPECS["activation"].help
    )
    command.add_argument("--seed", default="0", metavar="VALUE", help=SPECS["seed"].help)
    command.set_defaults(run=_run, show=_show)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    depth = DEPTH.count("--depth", arguments.depth)
    activation = str(SPECS["activation"].parse("--activation", arguments.activation))
    seed = int(str(SPECS["seed"].parse("--seed", arguments.seed)))
    # torch takes a second to import: not before the arguments are known to be good.
    from aecore.topics.pretraining.gradients import SCHEDULES, with_and_without

    points = list(with_and_without(depth, activation, datasets.load(datasets.BUNDLED), seed))
    gradients = {point.schedule: point.gradients for point in points if point.gradients}
    return {
        "depth": depth,
        "activation": activation,
        "seed": seed,
        "layers": len(gradients[SCHEDULES[0]]),
        **{f"{name}_gradients": list(gradients[name]) for name in SCHEDULES},
        **{
            f"{name}_val_mse": [point.val_mse for point in points if point.schedule == name]
            for name in SCHEDULES
        },
    }


def _show(result: dict[str, Any]) -> str:
    return _shared.show_numbers(
        {n: v[-1] if n.endswith("_val_mse") else v for n, v in result.items()}
    )
