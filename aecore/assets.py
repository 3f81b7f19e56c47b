"""Where the models and tables lie that come with the library: in a checkout, or once installed."""

from pathlib import Path

_HERE = Path(__file__).parent


def folder(name: str) -> Path:
    """A folder of assets, such as "pretrained"; an installed library has its own copy inside."""
    inside = _HERE / "_assets" / name
    return inside if inside.exists() else _HERE.parent / "assets" / name
