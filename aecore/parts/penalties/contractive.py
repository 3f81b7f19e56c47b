"""Contractive: the code shall hardly change when the picture changes a little."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.penalties._penalty import Penalised, Penalty
from aecore.parts.term import Term

if TYPE_CHECKING:
    from torch import Generator, Tensor


def contractive(
    encode: Callable[["Tensor"], "Tensor"], x: "Tensor", generator: "Generator | None" = None
) -> "Tensor":
    """Squared Frobenius norm of the encoder's Jacobian J = dz/dx, mean over pictures.

    Estimated with one backward pass: for random signs v, E |v^T J|^2 = |J|_F^2. Training must
    draw new signs in each step: under signs that it sees again and again, a network learns to be
    steep in the other directions, and the estimate falls below the norm.

    Args:
        encode: (batch, numbers) -> (batch, latent_dim).
        x: (batch, numbers).
        generator: draws the signs; None for the same ones in every call, to measure with.

    Returns:
        (), at least 0.

    Source: Rifai et al. 2011, "Contractive auto-encoders"; the estimate: Hutchinson 1990.
    """
    import torch

    training = torch.is_grad_enabled()
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        z = encode(x)
        signs = generator or torch.Generator(x.device).manual_seed(0)
        v = 2 * torch.randint(0, 2, z.shape, generator=signs, device=x.device) - 1
        (v_j,) = torch.autograd.grad((v * z).sum(), x, create_graph=training)  # (batch, numbers)
    return v_j.square().sum(dim=1).mean()


def _function(seen: Penalised) -> "Tensor":
    return contractive(seen.encode, seen.x, seen.generator)


_PROGRAM = '''
def contractive(encode, x, noise):
    """Mean squared norm of the Jacobian dz/dx, by random signs v (Hutchinson 1990)."""
    x = x.detach().requires_grad_()
    z = encode(x)
    v = 2 * torch.randint(0, 2, z.shape, generator=noise, device=DEVICE) - 1
    (v_j,) = torch.autograd.grad((v * z).sum(), x, create_graph=True)
    return v_j.square().sum(dim=1).mean()
'''

PENALTY = Penalty(
    key="contractive",
    order=3,
    title=N_("contractive (derivative of the code)"),
    term=Term(
        "encoder",
        "λ·|∂z/∂x|²",
        r"\lambda\left\|\frac{\partial z}{\partial x}\right\|^2",
        N_(
            "Contractive penalty: how much the code changes when a pixel does. A code "
            "with a small penalty ignores small changes."
        ),
        html="λ ‖∂z/∂x‖²",
        line="penalty_weight * jacobian(encode, x).square().sum()",
    ),
    function=_function,
    rules=(
        (
            lambda e: e.code == "vq",
            N_(
                "With the penalty contractive, code must not be {code}: entries of a codebook do not "
                "change with the picture, but jump."
            ),
        ),
    ),
    draws=True,
    differentiates=True,
    program=_PROGRAM,
    call="contractive({encode}, {x_input}, noise)",
    sentences=(
        N_("Mean squared norm of the Jacobian dz/dx, by random signs v (Hutchinson 1990)."),
    ),
)
