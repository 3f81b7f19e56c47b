"""What the programs say while they run and beside their lines, in the learner's language.

The fragments are written in English, so that they can be read and run as they are; a program gets
each of these sentences in the language that it is made for.
"""

from collections.abc import Callable

from aecore.errors import N_
from aecore.parts.codes import CODES
from aecore.parts.corruptions import CORRUPTIONS
from aecore.parts.datasets import DATASETS
from aecore.parts.losses import LOSSES
from aecore.parts.penalties import PENALTIES

Translate = Callable[[str], str]

SENTENCES = (
    *(sentence for dataset in DATASETS.values() for sentence in dataset.program.sentences),
    *(sentence for corruption in CORRUPTIONS.values() for sentence in corruption.sentences),
    # the model
    N_("The sample in its channels, and each number of the class as one more."),
    N_("Its mirror in the encoder, transposed, with biases of its own."),
    N_("in a list, so that its weights are not counted twice"),
    N_("Each row with its class behind it, a number for each: one 1, or none for -1."),
    N_("Draws the first weights as Glorot & Bengio (2010) do; biases start at 0."),
    *(sentence for kind in CODES.values() for sentence in kind.program.sentences),
    N_("The sample of a code"),
    N_("Through the encoder up to a layer, and from there straight back."),
    # the loss
    *(sentence for loss in LOSSES.values() for sentence in loss.sentences),
    *(sentence for penalty in PENALTIES.values() for sentence in penalty.sentences),
    N_("One layer and its mirror as a small autoencoder of what the layers below give."),
    # training
    N_("Mean squared error, without sampling."),
    N_("One sample in ten comes without its class: the model learns to do without."),
    N_("trains alone; past LAYERS: all train"),
    N_("The loss has diverged."),
    N_("epoch {epoch}: validation MSE {error:.5f}"),
    # the result
    N_("validation MSE: {error:.8f}"),
    N_("test MSE: {test:.8f}"),
)
"""Comments, docstrings and what is printed."""


def said(code: str, _: Translate) -> str:
    """A piece of a program, with its sentences in the language of `_`."""
    for sentence in sorted(SENTENCES, key=len, reverse=True):
        code = code.replace(sentence, _(sentence))
    return code
