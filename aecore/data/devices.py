"""Where training runs: CUDA, then Apple MPS, then CPU; `AECORE_DEVICE` overrides."""

import os

import torch

from aecore.errors import N_, DeviceError


def choose(wanted: str | None = None) -> torch.device:
    """The device to train on.

    Args:
        wanted: cuda, cuda:1, mps or cpu; None for `AECORE_DEVICE`, or else the best one here.

    Raises:
        DeviceError: the device asked for is not on this machine.
    """
    wanted = wanted or os.environ.get("AECORE_DEVICE") or _best()
    try:
        device = torch.device(wanted)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise DeviceError(
            N_("The device must be one of {choices} on this machine, but was {received}."),
            choices=", ".join(_present()),
            received=repr(wanted),
        ) from error
    return device


def describe(device: torch.device) -> str:
    """Its name for people: `CPU × 2` with two cores, or the GPU's product name."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU (MPS)"
    return f"CPU × {os.cpu_count()}"


def _present() -> list[str]:
    present = ["cpu"]
    if torch.backends.mps.is_available():
        present.insert(0, "mps")
    if torch.cuda.is_available():
        present.insert(0, "cuda")
    return present


def _best() -> str:
    return _present()[0]
