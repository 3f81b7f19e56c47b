"""The plain code: z is the encoder's output, through an activation."""

from typing import TYPE_CHECKING

from aecore.errors import N_
from aecore.parts.codes._code import Bottleneck, Code, CodeKind, Program

if TYPE_CHECKING:
    from torch import Generator, Tensor


def deterministic(module: Bottleneck, h: "Tensor", generator: "Generator | None") -> Code:
    """z = f(h)."""
    z = module.activation(h)
    return Code(z, z)


_ENCODE = '''
    def encode(self, {args}):
        """The code of x: (batch, {size}) -> (batch, {latent_dim})."""
        return {activated}
'''

CODE = CodeKind(
    key="deterministic",
    order=1,
    title=N_("deterministic"),
    says=N_(
        "The encoder squeezes a picture into a few numbers, the code; the decoder makes a picture of them."
    ),
    function=deterministic,
    html="{z} = {h}",
    line="z = {h}",
    program=Program(encode=_ENCODE, sentences=(N_("The code of x"),)),
)
