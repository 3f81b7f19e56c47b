"""What is known of a penalty, and what it gets to see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from aecore.parts._records import LAST
from aecore.parts.term import Term

if TYPE_CHECKING:
    from torch import Generator, Tensor


class Settings(Protocol):
    """The fields of an experiment that penalties and their rules look at."""

    @property
    def code(self) -> str: ...
    @property
    def code_activation(self) -> str: ...
    @property
    def latent_dim(self) -> int: ...
    @property
    def penalty_weight(self) -> float: ...
    @property
    def rho(self) -> float: ...


class Holder(Protocol):
    """The module between encoder and decoder, which holds what a penalty learns.

    Attributes:
        discriminator: (batch, latent_dim) -> (batch, 1), of an adversarial penalty.
    """

    discriminator: Any


@dataclass(frozen=True)
class Penalised:
    """A batch on its way through a model.

    Attributes:
        settings: of the experiment.
        z: (batch, latent_dim), what the decoder gets.
        x: (batch, numbers), what the encoder got.
        encode: the code of pictures like x, without sampling.
        bottleneck: holds what the penalty itself learns.
        generator: draws what is drawn anew in each step of a training; None to measure, the same
            way every time.
    """

    settings: Settings
    z: "Tensor"
    x: "Tensor"
    encode: Callable[["Tensor"], "Tensor"]
    bottleneck: Any
    generator: "Generator | None" = None


def _nothing(bottleneck: Holder, settings: Settings) -> None:
    """No parameters."""


Rule = tuple[Callable[[Settings], bool], str]
"""Whether an experiment with this penalty cannot be, and why; the sentence may name its fields."""


@dataclass(frozen=True, kw_only=True)
class Penalty:
    """All that is known of a penalty.

    Attributes:
        key: its name in an experiment, a link and a program.
        order: its place in menus.
        title: what the learner calls it.
        term: what it is good for, in words and signs, with its weight.
        function: the penalty without its weight, (), differentiable and at least 0.
        prepare: gives the bottleneck the parameters that the penalty itself learns, before the first
            weights are drawn.
        n_parameters: how many these are.
        learner: what holds them, in a diagram.
        fields: of the experiment, that matter to it.
        rules: what cannot go with it.
        draws: whether it takes random numbers.
        differentiates: whether it holds a gradient, so that its own is a gradient of a gradient.
        program: the functions that an exported program needs; its names are those of the program.
        modules: lines of the model's `__init__` there; `{latent_dim}` is a number.
        call: the expression there; `{encode}` and `{x_input}` are what the program calls them.
        sentences: comments and docstrings of `program`, to be said in the learner's language.
    """

    key: str
    order: int = LAST
    title: str
    term: Term
    function: Callable[[Penalised], "Tensor"]
    prepare: Callable[[Any, Settings], None] = _nothing
    n_parameters: Callable[[Settings], int] = lambda e: 0
    learner: str = ""
    fields: tuple[str, ...] = ("penalty_weight",)
    rules: tuple[Rule, ...] = ()
    draws: bool = False
    differentiates: bool = False
    program: str = ""
    modules: str = ""
    call: str
    sentences: tuple[str, ...] = ()
