"""What is known of a corruption, and what several draw."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aecore.parts._records import LAST
from aecore.shapes import KINDS, Kind, Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True, kw_only=True)
class Corruption:
    """All that is known of a corruption.

    Attributes:
        key: its name in an experiment, a link and a program.
        order: its place in menus.
        title: what a menu calls it, with what it does in brackets.
        name: the same in a word or two.
        says: what it does and what its level is, in two sentences.
        function: makes of samples (batch, numbers) in [0, 1], a level in [0, 1], a generator and
            the shape of a sample new samples in that range; the given ones stay as they are, and
            level 0 changes nothing.
        kinds: of data that it can be done to.
        draws: whether it takes random numbers.
        waits: whether it brings something from the CPU in each call, for which a GPU has to wait.
        program: the function `corrupt(x, noise)`, or `corrupt(x)` if nothing is drawn, as an
            exported program has it. NOISE_LEVEL and DEVICE are known there, and the shape of a
            sample: SHAPE, the channels of a picture or series first, and NUMBERS, all of them.
        sentences: comments and docstrings of `program`, to be said in the learner's language.
    """

    key: str
    order: int = LAST
    title: str
    name: str
    says: str
    function: Callable[["Tensor", float, "Generator", Shape], "Tensor"]
    kinds: tuple[Kind, ...] = KINDS
    draws: bool = True
    waits: bool = False
    program: str
    sentences: tuple[str, ...] = ()


def normal_like(x: "Tensor", generator: "Generator") -> "Tensor":
    import torch

    return torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)


def uniform_like(x: "Tensor", generator: "Generator") -> "Tensor":
    import torch

    return torch.rand(x.shape, generator=generator, device=x.device, dtype=x.dtype)
