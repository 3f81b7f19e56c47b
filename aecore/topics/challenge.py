"""The kinds of challenges: predict what a model does, reach a goal with a run, answer a quiz."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from aecore.errors import Sentence
from aecore.parts.datasets import BUNDLED, DATASETS, DatasetSpec
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView

if TYPE_CHECKING:
    from aecore.training.subject import Subject


About = Literal["anything", "classes", "pictures", "digits"]
"""What data must have for a question about them to make sense."""


@dataclass(frozen=True)
class Observed:
    """What there was to see when a challenge was checked.

    Attributes:
        answer: the option that came true; empty while there is nothing to decide by.
        said: what was measured, with its numbers.
        allowed: other options that chance does not rule out: whoever predicted one of these was
            right as well.
    """

    answer: str
    said: Sentence
    allowed: frozenset[str] = frozenset()

    def holds(self, prediction: str) -> bool:
        return prediction == self.answer or prediction in self.allowed


@dataclass(frozen=True)
class Verdict:
    """What becomes of a prediction.

    Attributes:
        done: whether the challenge is over.
        right: whether the prediction was.
        said: what was measured; None for a quiz.
        explanation: why it is so; empty while it is not over and nothing is to be given away.
    """

    done: bool
    right: bool
    said: Sentence | None
    explanation: str


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What all kinds share. Texts are message ids.

    Attributes:
        key: its name in a progress file.
        question: what to predict or to answer.
        options: key -> what the learner can commit to.
        explanation: said when it is over.
        about: what the data of the model must have.
    """

    key: str
    question: str
    options: Mapping[str, str]
    explanation: str = ""
    about: About = "anything"

    def fits(self, spec: DatasetSpec) -> bool:
        """Whether the question makes sense for models of a dataset."""
        return {
            "anything": True,
            "classes": len(spec.classes) > 1,
            "pictures": spec.shape.kind == "picture",
            "digits": spec.classes == DATASETS[BUNDLED].classes,
        }[self.about]


@dataclass(frozen=True, kw_only=True)
class Quiz(Challenge):
    """One right answer.

    Attributes:
        right: its key among the options.
        why: option -> why it is right or wrong; one for each.
    """

    right: str
    why: Mapping[str, str]

    def shuffled(self, learner: str) -> list[str]:
        """The options in an order of the learner's own: always the same for the same learner."""
        return sorted(
            self.options,
            key=lambda option: hashlib.sha256(f"{learner}/{self.key}/{option}".encode()).digest(),
        )

    def check(self, prediction: str) -> Verdict:
        right = prediction == self.right
        return Verdict(done=right, right=right, said=None, explanation=self.why[prediction])


@dataclass(frozen=True, kw_only=True)
class Choose(Challenge):
    """A prediction about the model on show; checked by asking that very model.

    Attributes:
        how: how to find out oneself, on the page.
        observe: the question that decides, as in `aecore.topics.<page>.ask`.
    """

    how: str
    observe: "Callable[[Subject], Observed]"

    def check(self, prediction: str, observed: Observed) -> Verdict:
        """A wrong prediction is as good as a right one: it has been tried."""
        return Verdict(
            done=True,
            right=observed.holds(prediction),
            said=observed.said,
            explanation=self.explanation,
        )


@dataclass(frozen=True)
class Do:
    """A setting to start from on the Train page."""

    label: str
    experiment: Experiment


@dataclass(frozen=True, kw_only=True)
class Reach(Challenge):
    """A goal that the learner's own runs must meet.

    Attributes:
        how: what to do.
        start: a setting to begin with.
        observe: looks at the runs, newest first; an empty answer means that the goal is not met.
        varies: the fields that must take several values on the way.
        needs: the fields that must be as in `start`.
    """

    how: str
    start: Do
    observe: Callable[[Sequence[RunView]], Observed] = field(repr=False)
    varies: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    def hindered(self, experiment: Experiment, fixed: frozenset[str]) -> tuple[str, ...]:
        """The settings that keep a learner from the goal.

        Args:
            experiment: what the controls begin with.
            fixed: the settings that the learner cannot change.
        """
        start = self.start.experiment
        wrong = [n for n in self.needs if getattr(experiment, n) != getattr(start, n)]
        return tuple(name for name in (*self.varies, *wrong) if name in fixed)

    def check(self, prediction: str, observed: Observed) -> Verdict:
        done = bool(observed.answer)
        return Verdict(
            done=done,
            right=observed.holds(prediction),
            said=observed.said,
            explanation=self.explanation if done else "",
        )
