"""What is known of a kind of code, and what one gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from aecore.parts._records import LAST
from aecore.parts.term import Term

if TYPE_CHECKING:
    from torch import Generator, Tensor


class Settings(Protocol):
    """The fields of an experiment that codes and their rules look at."""

    @property
    def latent_dim(self) -> int: ...
    @property
    def code_activation(self) -> str: ...
    @property
    def beta(self) -> float: ...
    @property
    def k(self) -> int: ...
    @property
    def codebook_size(self) -> int: ...
    @property
    def vector_size(self) -> int: ...


@dataclass(frozen=True)
class Code:
    """The code of a batch.

    Attributes:
        z: (batch, latent_dim), what the decoder gets.
        mean: (batch, latent_dim), the code without any sampling: what maps and tests use.
        sigma: (batch, latent_dim), the standard deviation with which each number is drawn; None
            for a code that is not drawn.
        kl: (batch, latent_dim), KL divergence from the prior in nats; None for a code without one.
        indices: (batch, vectors), which entries of the codebook z consists of; None without one.
        distance: (), how far the encoder's vectors and their entries lie apart, weighted as a
            loss; None without a codebook.
    """

    z: "Tensor"
    mean: "Tensor"
    sigma: "Tensor | None" = None
    kl: "Tensor | None" = None
    indices: "Tensor | None" = None
    distance: "Tensor | None" = None


class Bottleneck(Protocol):
    """The module between encoder and decoder, as a kind of code sees it.

    Attributes:
        settings: of the experiment.
        n_numbers: in a sample, by which losses per sample are divided.
        activation: what the experiment puts on the code.
        codebook: the entries that a code is made of, (entries, vector size), where there are any.
        idle: for how many batches each entry has not been used, (entries,).
    """

    codebook: Any
    idle: "Tensor"

    @property
    def settings(self) -> Settings: ...
    @property
    def n_numbers(self) -> int: ...
    @property
    def activation(self) -> "Callable[[Tensor], Tensor]": ...
    def register_buffer(self, name: str, tensor: "Tensor", persistent: bool) -> None: ...


@dataclass(frozen=True)
class Drawing:
    """What the diagram shows between the encoder's last layer and the code.

    Texts are templates for `d` (latent_dim), `k`, `n` (entries of the codebook), `vectors` (of a
    code) and `weights` (of the code, in words).

    Attributes:
        says: two lines beside it.
        label: of the bar before it, or empty.
        numbers: of the same bar, or empty for its size.
        symbol: "dice" or "cells".
        cells: how many cells.
        filled: how many of them stand out, of the experiment; at least one.
    """

    says: tuple[str, str]
    label: str = ""
    numbers: str = ""
    symbol: str = "cells"
    cells: int = 12
    filled: Callable[[Settings], float] = lambda e: 1


@dataclass(frozen=True, kw_only=True)
class Program:
    """What a kind of code is in an exported program.

    The texts are templates: `{args}` is what `encode` gets, `{h}` the encoder's output for it,
    `{activated}` the same with the code's activation, `{also}` the class that a conditional model
    is told, `{latent_dim}`.

    Attributes:
        encode: the method `encode`, and others that it needs.
        forward: the method `forward`: without sampling.
        lines: of the loss, from `model.encode` to z; `noise` is a generator.
        term: lines that add the code's own term to `loss`.
        mean: the code without sampling, of `{x}`.
        modules: lines of `__init__`.
        initialise: lines that draw the first weights of these modules.
        constants: lines of the settings.
        sentences: comments and docstrings, to be said in the learner's language.
    """

    encode: str
    forward: str = """
    def forward(self, {args}):
        return self.decode(self.encode({args}){also})
"""
    lines: tuple[str, ...] = ("z = model.encode({args})",)
    term: tuple[str, ...] = ()
    mean: str = "model.encode({x})"
    modules: str = ""
    initialise: str = ""
    constants: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()


def _nothing(module: Bottleneck, settings: Settings) -> None:
    """No parameters."""


@dataclass(frozen=True, kw_only=True)
class CodeKind:
    """All that is known of a kind of code.

    Attributes:
        key: its name in an experiment, a link and a program.
        order: its place in menus.
        title: what the learner calls it.
        says: what it does, in a sentence.
        function: makes of the encoder's last layer (batch, widths * latent_dim) a `Code`, with the
            bottleneck's parameters; the generator draws what is random, None is the code without
            sampling.
        prepare: gives the bottleneck its parameters, before the first weights are drawn.
        penalty: what it adds to the loss, (); None for nothing.
        term: the same in words and signs.
        widths: how many numbers of the encoder make one of the code.
        n_parameters: of the bottleneck.
        drawn: whether z is random while training, so that errors are measured from its mean.
        draws: whether it takes random numbers.
        waits: whether an update asks a GPU for work that depends on the numbers in it.
        codebook: whether it is made of entries of a codebook.
        fields: of the experiment, that matter to it alone.
        in_formula: those of them that stand in its term.
        rules: what cannot go with it.
        note: what else there is to say of it beside its loss, in a sentence.
        html: its line in One step: a template for `z`, `h` (the encoder's output, activated), and
            the experiment's fields.
        line: the same in PyTorch.
        drawing: what the diagram shows; None for nothing.
        program: what it is in an exported program.
    """

    key: str
    order: int = LAST
    title: str
    says: str
    function: "Callable[[Bottleneck, Tensor, Generator | None], Code]"
    prepare: Callable[[Bottleneck, Settings], None] = _nothing
    penalty: "Callable[[Bottleneck, Code], Tensor] | None" = None
    term: Term | None = None
    widths: int = 1
    n_parameters: Callable[[Settings], int] = lambda e: 0
    drawn: bool = False
    draws: bool = False
    waits: bool = False
    codebook: bool = False
    fields: tuple[str, ...] = ()
    in_formula: tuple[str, ...] = ()
    rules: tuple[tuple[Callable[[Settings], bool], str], ...] = ()
    note: str = ""
    html: str
    line: str
    drawing: Drawing | None = None
    program: Program
