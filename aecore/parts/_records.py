"""Finds the records of a folder: one in each of its files."""

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any

LAST = 100
"""The place in menus of a part that names none: behind those that do."""


def found_in(package: str, path: Iterable[str], name: str) -> dict[str, Any]:
    """Key -> record, in their order, those without one last; files that begin with `_` have none.

    Args:
        package: its dotted name.
        path: its `__path__`.
        name: what each file calls its record.
    """
    records = [
        getattr(importlib.import_module(f"{package}.{module.name}"), name)
        for module in pkgutil.iter_modules(path)
        if not module.name.startswith("_")
    ]
    return {record.key: record for record in sorted(records, key=lambda r: (r.order, r.key))}
