"""A summand of a loss, in words and signs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One of the summands of a loss.

    Attributes:
        part: which part of the model it looks at: "encoder", "code" or "decoder".
        short: its name in a diagram.
        latex: its formula, short enough for a phone.
        says: what it is good for.
        html: the formula in one line of text.
        line: the same in a line of PyTorch.
    """

    part: str
    short: str
    latex: str
    says: str
    html: str
    line: str
