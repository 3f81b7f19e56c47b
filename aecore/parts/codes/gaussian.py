"""The code of the variational autoencoder: a normal distribution, from which z is drawn."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.codes._code import Bottleneck, Code, CodeKind, Drawing, Program
from aecore.parts.term import Term
from aecore.shapes import check_same_shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


def gaussian(module: Bottleneck, h: "Tensor", generator: "Generator | None") -> Code:
    """z is drawn from N(mu, sigma^2) while training, and is mu when `generator` is None.

    Source: Kingma & Welling 2014; beta from Higgins et al. 2017.
    """
    import torch

    mu, log_var = h.chunk(2, dim=1)
    # A wild first step must not overflow exp(); real codes stay far inside.
    log_var = log_var.clamp(-20, 20)
    kl = kl_to_unit_gaussian(mu, log_var)
    sigma = (0.5 * log_var).exp()
    if generator is None:
        return Code(mu, mu, sigma, kl)
    eps = torch.randn(mu.shape, generator=generator, device=mu.device, dtype=mu.dtype)
    # z = mu + sigma * eps, so that the gradient reaches mu and sigma
    return Code(mu + sigma * eps, mu, sigma, kl)


def kl_to_unit_gaussian(mu: "Tensor", log_var: "Tensor") -> "Tensor":
    """KL divergence of each code's Gaussian from N(0, 1), per number of the code, in nats.

    Args:
        mu, log_var: (batch, latent_dim).

    Returns:
        (batch, latent_dim), at least 0; sum over the last axis for the KL of the whole code.

    Raises:
        ShapeError: the two shapes differ.

    Source: Kingma & Welling 2014, "Auto-encoding variational Bayes", appendix B.
    """
    check_same_shape(mu, log_var)
    # KL = -1/2 (1 + log sigma^2 - mu^2 - sigma^2)
    return -0.5 * (1 + log_var - mu.square() - log_var.exp())


def _penalty(module: Bottleneck, code: Code) -> "Tensor":
    """beta * KL of the whole code, per number: beta = 1 with BCE is the negative ELBO / D."""
    assert code.kl is not None
    return module.settings.beta * code.kl.sum(dim=1).mean() / module.n_numbers


_PROGRAM = Program(
    encode='''
    def encode(self, {args}):
        """Mean and log variance of each code's normal distribution."""
        mu, log_var = {h}.chunk(2, dim=1)
        return mu, log_var.clamp(-20, 20)  # a wild step must not overflow exp()
''',
    forward="""
    def forward(self, {args}):
        mu, _ = self.encode({args})
        return self.decode(mu{also})
""",
    lines=(
        "mu, log_var = model.encode({args})",
        "eps = torch.randn(mu.shape, generator=noise, device=DEVICE)",
        "z = mu + (log_var / 2).exp() * eps  # drawn from N(mu, sigma^2)",
    ),
    term=(
        "# KL divergence from N(0, 1), summed over the code; per number, as the other term",
        "kl = -0.5 * (1 + log_var - mu.square() - log_var.exp()).sum(dim=1).mean() / NUMBERS",
        "loss = loss + BETA * kl",
    ),
    mean="model.encode({x})[0]",
    sentences=(
        N_("Mean and log variance of each code's normal distribution."),
        N_("a wild step must not overflow exp()"),
        N_("drawn from N(mu, sigma^2)"),
        N_("KL divergence from N(0, 1), summed over the code; per number, as the other term"),
    ),
)

CODE = CodeKind(
    key="gaussian",
    order=2,
    title=N_("Gaussian (variational)"),
    says=N_(
        "The encoder gives a normal distribution, from which the code is drawn while training; the decoder makes a picture of it. Tests use its mean."
    ),
    function=gaussian,
    penalty=_penalty,
    term=Term(
        "code",
        "β·KL",
        r"\frac{\beta}{D}\,\mathrm{KL}(\mu,\sigma)",
        N_(
            "KL divergence of the code's normal distribution N(μ, σ²) from the standard "
            "normal N(0, 1): it keeps the codes of all pictures together around 0, so "
            "that codes drawn there usually decode to something like one. D is how many numbers a "
            "sample has, as the other term is a mean over them."
        ),
        html="β KL / D",
        line="beta * kl / D",
    ),
    widths=2,
    drawn=True,
    draws=True,
    fields=("beta",),
    in_formula=("beta",),
    rules=(
        (
            lambda e: e.code_activation != "identity",
            N_(
                "With a Gaussian code, code_activation must be identity, but was {code_activation}: its mean may be any number."
            ),
        ),
    ),
    note=N_("While training, a new z is drawn each time; afterwards the lab uses its mean, μ."),
    html=(
        "(<i>μ</i>, log <i>σ</i>²) = {h}, <i>ε</i> ~ N(0, 1)<br>{z} = <i>μ</i> + <i>σ</i> <i>ε</i>"
    ),
    line=(
        "mu, log_var = {h}.chunk(2)\neps = torch.randn_like(mu)\nz = mu + (0.5 * log_var).exp() * eps"
    ),
    drawing=Drawing(
        says=(N_("z is drawn at random"), N_("from N(μ, σ²)")),
        label=N_("μ and log σ²"),
        numbers="{d} + {d}",
        symbol="dice",
    ),
    program=_PROGRAM,
)
