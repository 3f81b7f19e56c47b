"""The commands of `python -m aecore`, one module each, found by walking this folder.

A module has `ORDER` (its place in the help), `add(commands)`, which declares its arguments and
sets `run` (arguments -> something that JSON can say) and `show` (that -> text). None imports torch
before its arguments are known to be good.
"""

import importlib
import pkgutil
from types import ModuleType


def find() -> list[ModuleType]:
    """The command modules, in the order of the help."""
    found = [
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    return sorted(found, key=lambda module: int(module.ORDER))
