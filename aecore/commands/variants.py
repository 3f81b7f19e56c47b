"""variants: the list of them, and what each changes."""

import argparse
from typing import TYPE_CHECKING

from aecore.spec.variants import VARIANTS

if TYPE_CHECKING:
    from aecore.commands._shared import Commands

ORDER = 3


def add(commands: "Commands") -> None:
    """Declares the command."""
    listing = commands.add_parser("variants", help="list the variants and what each changes")
    listing.set_defaults(run=_run, show=_show)


def _run(arguments: argparse.Namespace) -> list[dict[str, str]]:
    return [
        {"key": v.key, "title": v.title, "changes": v.changes, "paper": v.paper}
        for v in VARIANTS.values()
    ]


def _show(rows: list[dict[str, str]]) -> str:
    return "\n".join(f"{row['key']:14} {row['title']}: {row['changes']}" for row in rows)
