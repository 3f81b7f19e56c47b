"""Adversarial: a second network must not be able to tell codes from draws of the standard normal."""

from typing import TYPE_CHECKING, Any

from aecore.errors import N_
from aecore.parts.penalties._penalty import Holder, Penalised, Penalty, Settings
from aecore.parts.term import Term

if TYPE_CHECKING:
    from torch import Generator, Tensor

WIDTH = 64
"""Units of each of the discriminator's two hidden layers."""


def adversarial(z: "Tensor", discriminator: Any, generator: "Generator | None" = None) -> "Tensor":
    """How surely the discriminator takes codes for codes: what the encoder must bring down.

    Two players, two losses. The discriminator D learns to say "drawn" of draws from N(0, I) and
    "code" of codes; the encoder learns codes of which D says "drawn". Each learns from its own loss
    alone: D's has no gradient for the codes, the encoder's none for D. The value is the encoder's;
    D's loss comes with the value 0, and only its gradient counts.

    Args:
        z: (batch, latent_dim).
        discriminator: (batch, latent_dim) -> (batch, 1), log-odds of "drawn".
        generator: draws from N(0, I); None for the same draws in every call, to measure with.

    Returns:
        (), at least 0, in nats: log 2 = 0.69 where D can but guess.

    Source: Makhzani et al. 2015, "Adversarial autoencoders"; Goodfellow et al. 2014, section 3.
    """
    import torch
    import torch.nn.functional as F

    draws = generator or torch.Generator(z.device).manual_seed(0)
    prior = torch.randn(z.shape, generator=draws, device=z.device, dtype=z.dtype)
    # -log sigmoid(a) = softplus(-a)
    own = F.softplus(-discriminator(prior)).mean() + F.softplus(discriminator(z.detach())).mean()
    as_it_is = {name: weight.detach() for name, weight in discriminator.named_parameters()}
    fooled = F.softplus(-torch.func.functional_call(discriminator, as_it_is, (z,))).mean()
    return fooled + (own - own.detach())


def _prepare(bottleneck: Holder, settings: Settings) -> None:
    from torch import nn

    bottleneck.discriminator = nn.Sequential(
        nn.Linear(settings.latent_dim, WIDTH),
        nn.LeakyReLU(0.2),
        nn.Linear(WIDTH, WIDTH),
        nn.LeakyReLU(0.2),
        nn.Linear(WIDTH, 1),
    )


def _n_parameters(settings: Settings) -> int:
    return (settings.latent_dim + 1) * WIDTH + (WIDTH + 1) * WIDTH + (WIDTH + 1)


def _function(seen: Penalised) -> "Tensor":
    return adversarial(seen.z, seen.bottleneck.discriminator, seen.generator)


_PROGRAM = '''
def adversarial(z, noise):
    """How surely the discriminator takes codes for codes; both learn from this."""
    judge = model.discriminator
    prior = torch.randn(z.shape, generator=noise, device=DEVICE)
    own = F.softplus(-judge(prior)).mean() + F.softplus(judge(z.detach())).mean()
    # The encoder's part leaves the discriminator as it is.
    weights = {name: weight.detach() for name, weight in judge.named_parameters()}
    fooled = F.softplus(-torch.func.functional_call(judge, weights, (z,))).mean()
    return fooled + (own - own.detach())  # of its own loss only the gradient counts
'''

_MODULES = f"""
        self.discriminator = nn.Sequential(
            nn.Linear({{latent_dim}}, {WIDTH}),
            nn.LeakyReLU(0.2),
            nn.Linear({WIDTH}, {WIDTH}),
            nn.LeakyReLU(0.2),
            nn.Linear({WIDTH}, 1),
        )
"""

PENALTY = Penalty(
    key="adversarial",
    order=5,
    title=N_("adversarial (a discriminator on the code)"),
    term=Term(
        "code",
        "λ·D",
        r"\lambda\left(-\log D(z)\right)",
        N_(
            "Adversarial: a second network, the discriminator D, learns to tell codes from draws of "
            "the standard normal, and the encoder learns to fool it, until all codes together lie "
            "like the draws."
        ),
        html="λ (−log <i>D</i>(<i>z</i>))",
        line="penalty_weight * F.softplus(-discriminator(z)).mean()",
    ),
    function=_function,
    prepare=_prepare,
    n_parameters=_n_parameters,
    learner=N_("D: discriminator"),
    draws=True,
    program=_PROGRAM,
    modules=_MODULES,
    call="adversarial(z, noise)",
    sentences=(
        N_("How surely the discriminator takes codes for codes; both learn from this."),
        N_("The encoder's part leaves the discriminator as it is."),
        N_("of its own loss only the gradient counts"),
    ),
)
