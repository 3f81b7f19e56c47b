"""Top-k: only the largest numbers of each code survive."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.codes._code import Bottleneck, Code, CodeKind, Drawing, Program

if TYPE_CHECKING:
    from torch import Generator, Tensor


def top_k(module: Bottleneck, h: "Tensor", generator: "Generator | None") -> Code:
    """The k largest units of each code stay, the others become 0 (Makhzani & Frey 2013)."""
    a = module.activation(h)
    largest = a.topk(module.settings.k, dim=1)
    z = a.new_zeros(a.shape).scatter(1, largest.indices, largest.values)
    return Code(z, z)


_ENCODE = '''
    def encode(self, {args}):
        """The code of x: only the K largest numbers of each picture survive."""
        a = {activated}
        largest = a.topk(K, dim=1)
        return torch.zeros_like(a).scatter(1, largest.indices, largest.values)
'''

CODE = CodeKind(
    key="top_k",
    order=3,
    title=N_("top-k (only the k largest survive)"),
    says=N_(
        "The encoder squeezes a picture into a code of which only the largest numbers survive; the decoder makes a picture of them."
    ),
    function=top_k,
    fields=("k",),
    rules=(
        (
            lambda e: e.k > e.latent_dim,
            N_(
                "k must be at most the code size {latent_dim}, but was {k}: choose fewer active units or a larger code."
            ),
        ),
    ),
    note=N_("There is no penalty: the code itself keeps only its largest numbers."),
    html="{z} = top-{k}({h})",
    line="z = top_k({h}, {k})",
    drawing=Drawing(
        says=(N_("only the {k} largest stay,"), N_("the others become 0")),
        filled=lambda e: 12 * e.k / e.latent_dim,
    ),
    program=Program(
        encode=_ENCODE,
        sentences=(N_("The code of x: only the K largest numbers of each picture survive."),),
    ),
)
