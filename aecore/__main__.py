"""The command line: everything that the app does, without a browser.

python -m aecore train --variant vae --latent-dim 2 --epochs 5 --json
"""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from aecore import commands
from aecore.errors import ExperimentError, LabError


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without repeating the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See '{self.prog} --help'.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Returns the exit code: 0, 1 if it failed, 2 for bad arguments."""
    words = sys.argv[1:] if argv is None else list(argv)
    parser = _parser()
    for word in words:
        if word.startswith("--") and word.partition("=")[2] == "--":  # argparse would drop the --
            parser.error(f"{word}: -- is no value")
    arguments = parser.parse_args(words)
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
    declared = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in commands.find():
        module.add(declared)
    for command in declared.choices.values():
        command.add_argument(
            "--json", action="store_true", help="print one JSON object as the last line"
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
