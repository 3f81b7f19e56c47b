"""Which choices can go with which data: what rules refuse, and menus do not offer."""

from typing import Protocol

from aecore.parts.corruptions import CORRUPTIONS
from aecore.parts.losses import LOSSES
from aecore.shapes import KINDS, Kind

NETWORKS: dict[str, tuple[Kind, ...]] = {
    "linear": KINDS,
    "dense": KINDS,
    "conv": ("picture", "series"),
}
"""What each network can be made for: a convolution wants neighbours, which columns are not."""


class Data(Protocol):
    """What an experiment says of its data."""

    @property
    def kind(self) -> Kind: ...
    @property
    def n_classes(self) -> int: ...


def suits(data: Data, name: str, choice: str) -> bool:
    """Whether a choice of a field can go with the data.

    Args:
        data: an experiment, which says what they are.
        name: of a field with choices.
        choice: one of them.
    """
    if name == "network":
        return data.kind in NETWORKS[choice]
    if name == "corruption":
        return choice == "none" or data.kind in CORRUPTIONS[choice].kinds
    if name == "recon_loss":
        return data.kind in LOSSES[choice].kinds
    if name == "condition":
        return choice == "none" or data.n_classes > 0
    return True
