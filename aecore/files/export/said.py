"""What the programs say while they run and beside their lines, in the learner's language.

The fragments are written in English, so that they can be read and run as they are; a program gets
each of these sentences in the language that it is made for.
"""

from collections.abc import Callable

from aecore.errors import N_
from aecore.parts.codes import CODES
from aecore.parts.corruptions import CORRUPTIONS
from aecore.parts.losses import LOSSES
from aecore.parts.penalties import PENALTIES

Translate = Callable[[str], str]

SENTENCES = (
    # data
    N_("Pictures as rows of 784 numbers from 0 (black) to 1 (white)."),
    N_("The first 500 digits of each class: a fifth of them to test with."),
    N_("Rows to learn from, and rows for validation: every nth of each class."),
    *(sentence for corruption in CORRUPTIONS.values() for sentence in corruption.sentences),
    # the model
    N_("The picture as one plane, and each number of the class as a plane full of it."),
    N_("Its mirror in the encoder, transposed, with biases of its own."),
    N_("in a list, so that its weights are not counted twice"),
    N_("Each row with its class as ten numbers behind it: one 1, or none for -1."),
    N_("Draws the first weights as Glorot & Bengio (2010) do; biases start at 0."),
    *(sentence for kind in CODES.values() for sentence in kind.program.sentences),
    N_("The picture of a code"),
    N_("Through the encoder up to a layer, and from there straight back to pixels."),
    # the loss
    *(sentence for loss in LOSSES.values() for sentence in loss.sentences),
    *(sentence for penalty in PENALTIES.values() for sentence in penalty.sentences),
    N_("One layer and its mirror as a small autoencoder of what the layers below give."),
    # training
    N_("Mean squared error per pixel, without sampling."),
    N_("One picture in ten comes without its class: the model learns to do without."),
    N_("trains alone; past LAYERS: all train"),
    N_("The loss has diverged."),
    N_("epoch {epoch}: validation MSE {error:.5f}"),
    # the result
    N_("validation MSE: {error:.8f} per pixel"),
    N_("test MSE: {test:.8f} per pixel"),
)
"""Comments, docstrings and what is printed."""


def said(code: str, _: Translate) -> str:
    """A piece of a program, with its sentences in the language of `_`."""
    for sentence in sorted(SENTENCES, key=len, reverse=True):
        code = code.replace(sentence, _(sentence))
    return code
