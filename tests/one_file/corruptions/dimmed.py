"""The whole picture is darker, by a random share."""

from aecore.errors import N_
from aecore.parts.corruptions._corruption import Corruption


def dimmed(x, level, generator, shape):
    """Takes a random share, at most `level`, of each picture's light away."""
    import torch

    u = torch.rand(len(x), 1, generator=generator, device=x.device, dtype=x.dtype)
    return x * (1 - level * u)


_PROGRAM = '''
def corrupt(x, noise):
    """Takes a random share of each picture's light away."""
    u = torch.rand(len(x), 1, generator=noise, device=DEVICE)
    return x * (1 - NOISE_LEVEL * u)
'''

CORRUPTION = Corruption(
    key="dimmed",
    title=N_("dimmed (less light)"),
    name=N_("dimmed"),
    says=N_("Makes each picture darker by a random share. The level is the largest share."),
    function=dimmed,
    program=_PROGRAM,
    sentences=(N_("Takes a random share of each picture's light away."),),
)
