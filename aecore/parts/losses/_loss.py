"""What is known of a reconstruction loss."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aecore.parts._records import LAST
from aecore.parts.term import Term
from aecore.shapes import KINDS, Kind, Shape

if TYPE_CHECKING:
    from torch import Tensor


class Settings(Protocol):
    """The fields of an experiment that a loss's rules look at."""

    @property
    def output(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Loss:
    """All that is known of a reconstruction loss.

    Attributes:
        key: its name in an experiment, a link and a program.
        order: its place in menus.
        title: what a menu calls it.
        axis: what the axis of its curve is called, with its unit.
        term: what it measures, in words and signs.
        function: of the decoder's output before its activation (`logits`), the reconstruction and
            the clean samples, each (batch, numbers), and the shape of a sample: a scalar, the mean
            over all numbers.
        kinds: of data that it can compare.
        of_logits: whether it is computed from the logits; the reconstruction is then a probability.
        rules: what cannot go with it.
        program: the functions that an exported program needs.
        call: the expression there, a template for `logits` and `x_hat`.
        sentences: comments and docstrings of `program`, to be said in the learner's language.
    """

    key: str
    order: int = LAST
    title: str
    axis: str
    term: Term
    function: Callable[["Tensor", "Tensor", "Tensor", Shape], "Tensor"]
    kinds: tuple[Kind, ...] = KINDS
    of_logits: bool = False
    rules: tuple[tuple[Callable[[Settings], bool], str], ...] = ()
    program: str = ""
    call: str
    sentences: tuple[str, ...] = ()
