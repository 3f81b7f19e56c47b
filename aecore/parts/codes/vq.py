"""Vector-quantised: the code is made of entries of a codebook, which is learned as well."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.codes._code import Bottleneck, Code, CodeKind, Drawing, Program, Settings
from aecore.parts.term import Term

if TYPE_CHECKING:
    from torch import Generator, Tensor

COMMITMENT = 0.25
REVIVE_AFTER = 20
"""Batches without use after which an entry moves."""


def _prepare(module: Bottleneck, settings: Settings) -> None:
    import torch
    from torch import nn

    module.codebook = nn.Embedding(settings.codebook_size, settings.vector_size)
    # All count as unused at first, so that the first batch spreads them over real vectors.
    idle = torch.full((settings.codebook_size,), REVIVE_AFTER)
    module.register_buffer("idle", idle, persistent=False)


def quantised(module: Bottleneck, h: "Tensor", generator: "Generator | None") -> Code:
    """Each vector of the encoder's output is replaced by the nearest entry of a codebook.

    Source: van den Oord et al. 2017, "Neural discrete representation learning"; entries that
    nothing has been nearest to for a while move to a vector of the current batch, as in Dhariwal
    et al. 2020, "Jukebox", appendix B.1.
    """
    import torch

    e = module.activation(h)
    vectors = e.reshape(-1, module.codebook.embedding_dim)  # (batch * vectors, vector_size)
    if generator is not None:
        _revive(module, vectors.detach(), generator)
    nearest = torch.cdist(vectors.detach(), module.codebook.weight.detach()).argmin(dim=1)
    if generator is not None:
        module.idle += 1
        module.idle[nearest] = 0
    q = module.codebook(nearest).view_as(e)
    # sg[.] stops the gradient: |sg[e] - q|^2 moves the codebook, |e - sg[q]|^2 the encoder
    distance = (e.detach() - q).square() + COMMITMENT * (e - q.detach()).square()
    z = e + (q - e).detach()  # the value of q, with the gradient of e
    distance = distance.sum(dim=1).mean() / module.n_numbers
    return Code(z, q, indices=nearest.view(len(h), -1), distance=distance)


def _revive(module: Bottleneck, vectors: "Tensor", generator: "Generator") -> None:
    """Moves entries that have long been nearest to nothing to vectors of this batch."""
    import torch

    with torch.no_grad():
        dead = (module.idle >= REVIVE_AFTER).nonzero().squeeze(1)
        if len(dead):
            drawn = torch.randint(
                len(vectors), (len(dead),), generator=generator, device=vectors.device
            )
            module.codebook.weight[dead] = vectors[drawn]
            module.idle[dead] = 0


def _penalty(module: Bottleneck, code: Code) -> "Tensor":
    """Codebook and commitment loss, per pixel like the reconstruction loss."""
    assert code.distance is not None
    return code.distance


_PROGRAM = Program(
    encode='''
    def encode(self, {args}):
        """The vectors that are to be replaced, one behind the other."""
        return {activated}

    def quantise(self, e):
        """Each vector of e replaced by the nearest entry of the codebook."""
        vectors = e.detach().reshape(-1, VECTOR_SIZE)
        nearest = torch.cdist(vectors, self.codebook.weight.detach()).argmin(dim=1)
        return self.codebook(nearest).view_as(e), nearest

    @torch.no_grad()
    def revive(self, e, noise):
        """Moves entries that have long been nearest to nothing to vectors of e."""
        vectors = e.reshape(-1, VECTOR_SIZE)
        dead = (self.idle >= REVIVE_AFTER).nonzero().squeeze(1)
        if len(dead):
            n = (len(dead),)
            drawn = torch.randint(len(vectors), n, generator=noise, device=DEVICE)
            self.codebook.weight[dead] = vectors[drawn]
            self.idle[dead] = 0
''',
    forward="""
    def forward(self, {args}):
        q, _ = self.quantise(self.encode({args}))
        return self.decode(q{also})
""",
    lines=(
        "e = model.encode({args})",
        "model.revive(e, noise)",
        "q, nearest = model.quantise(e)",
        "model.idle += 1",
        "model.idle[nearest] = 0",
        "z = e + (q - e).detach()  # the value of q, with the gradient of e",
    ),
    term=(
        "# the first term moves the codebook, the second the encoder",
        "distance = (e.detach() - q).square() + COMMITMENT * (e - q.detach()).square()",
        "loss = loss + distance.sum(dim=1).mean() / NUMBERS",
    ),
    modules="""
        self.codebook = nn.Embedding(CODEBOOK_SIZE, VECTOR_SIZE)
        self.register_buffer("idle", torch.full((CODEBOOK_SIZE,), REVIVE_AFTER))
""",
    initialise="""
        elif isinstance(layer, nn.Embedding):
            nn.init.uniform_(layer.weight, -1, 1, generator=random)
""",
    constants=(f"COMMITMENT = {COMMITMENT}", f"REVIVE_AFTER = {REVIVE_AFTER}"),
    sentences=(
        N_("The vectors that are to be replaced, one behind the other."),
        N_("Each vector of e replaced by the nearest entry of the codebook."),
        N_("Moves entries that have long been nearest to nothing to vectors of e."),
        N_("the value of q, with the gradient of e"),
        N_("the first term moves the codebook, the second the encoder"),
    ),
)

CODE = CodeKind(
    key="vq",
    order=4,
    title=N_("vector-quantised (entries of a codebook)"),
    says=N_(
        "The vectors of the code are replaced by the nearest entries of a codebook, which is learned as well."
    ),
    function=quantised,
    prepare=_prepare,
    penalty=_penalty,
    term=Term(
        "code",
        N_("codebook"),
        r"\frac{\|\bar{e}-z\|^2+\frac{1}{4}\|e-\bar{z}\|^2}{D}",
        N_(
            "Codebook and commitment: pulls the vectors of the codebook towards the "
            "encoder's output e, and e, more weakly, towards them. A bar means that this "
            "side is held fixed; D is how many numbers a sample has."
        ),
        html=N_("distance to the codebook"),
        line="commitment",
    ),
    n_parameters=lambda e: e.codebook_size * e.vector_size,
    draws=True,
    waits=True,
    codebook=True,
    fields=("codebook_size", "vector_size"),
    rules=(
        (
            lambda e: e.latent_dim % e.vector_size != 0,
            N_(
                "With a vector-quantised code, latent_dim must be a multiple of vector_size {vector_size}, "
                "but was {latent_dim}."
            ),
        ),
    ),
    html=N_("{z} = nearest entry of the codebook to {h}"),
    line="z = nearest({h}, codebook)",
    drawing=Drawing(
        says=(N_("nearest of {n} vectors"), "{weights}"),
        label=N_("e: {vectors} vectors"),
        cells=8,
    ),
    program=_PROGRAM,
)
