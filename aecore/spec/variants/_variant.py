from dataclasses import dataclass

from aecore.spec.experiment import Experiment


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A named preset of the five choices, and the sentence that says what it changes.

    Attributes:
        key: its name in links and on the command line.
        title: its name in the interface.
        changes: one sentence: what differs from the vanilla autoencoder.
        purpose: one sentence: what it is good for.
        paper: where it comes from.
        experiment: the preset.
        front: fields that belong in front on the page, besides code size and epochs.
        other_names: further names that the command line and links understand.
    """

    key: str
    title: str
    changes: str
    purpose: str
    paper: str
    experiment: Experiment
    front: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
