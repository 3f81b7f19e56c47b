"""The command line: everything that the app does, without a browser.

python -m aecore train --variant vae --latent-dim 2 --epochs 5 --json
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from aecore import commands
from aecore.errors import ExperimentError, LabError, why

NOBODY_READS = 141
"""What a shell reports of a program that a closed pipe has ended: 128 + SIGPIPE."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without repeating the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See '{self.prog} --help'.\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """As it is, but a failure is not kept from `main`."""
        if file is not None:
            file.write(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Returns the exit code: 0, 1 if it failed, 2 for bad arguments.

    Whoever reads the output may stop early, as `head` does: that is no fault, and nothing is said.
    """
    try:
        try:
            code = _run(sys.argv[1:] if argv is None else list(argv))
        finally:
            _flush()
    except BrokenPipeError:
        _silence()
        return NOBODY_READS
    except OSError as error:
        _silence()
        print(f"aecore: the output cannot be written ({why(error)}).", file=sys.stderr)
        return 1
    return code


def _run(words: list[str]) -> int:
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


def _flush() -> None:
    """Sends what is still held back, so that a failure is met here and not when Python ends."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _silence() -> None:
    """What is left in the buffers goes nowhere: Python would try to send it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> _Parser:
    parser = _Parser(prog="aecore", description="Train and measure autoencoders.")
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
