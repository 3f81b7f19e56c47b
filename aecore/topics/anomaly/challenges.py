"""Challenges of the page Anomaly detection."""

from typing import TYPE_CHECKING

import numpy as np

from aecore.analysis import intervals
from aecore.analysis.intervals import verdict
from aecore.errors import N_, LabError, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import bands

if TYPE_CHECKING:
    from aecore.training.subject import Subject

SUSPECTS = (0, 1, 5, 6)
BLACK = 6
"""The place of the black picture among those that `made_up` makes."""


def _normal(subject: "Subject") -> tuple[int, ...]:
    """The classes that the model was taught. Raises LabError if none is left to be strange."""
    normal = subject.model.experiment.classes
    if not normal or not set(SUSPECTS) - set(normal):
        raise LabError(
            N_(
                "This model has learned all classes, so none is strange to it. Choose this page's "
                "example (★) in the sidebar, or train one here."
            )
        )
    return normal


def least_strange(subject: "Subject") -> Observed:
    """Which strange class the model's error takes for the most normal."""
    from aecore.topics.anomaly import ask as anomaly

    normal = _normal(subject)
    found = anomaly.detect(subject, normal)
    scores, suspects = found.scores["mse"], [c for c in SUSPECTS if c not in normal]
    of_class = {c: scores[found.labels == c] for c in suspects}
    means = {c: float(values.mean()) for c, values in of_class.items()}
    least = min(means, key=means.__getitem__)
    rivals = {
        str(c)
        for c, values in of_class.items()
        if verdict(intervals.of_seed_difference(values.tolist(), of_class[least].tolist()))
        != "better"
    }
    own = float(scores[np.isin(found.labels, normal)].mean())
    said = N_(
        "Mean error of the normal pictures: {own:.4f}. Of class {least}: {error:.4f}, the least."
    )
    return Observed(
        str(least), Sentence(said, own=own, least=least, error=means[least]), frozenset(rivals)
    )


def black(subject: "Subject") -> Observed:
    """Whether a picture without anything on it is found strange."""
    from aecore.topics.anomaly import ask as anomaly

    normal = _normal(subject)
    found = anomaly.detect(subject, normal)
    usual = found.scores["mse"][~found.strange]
    score = float(anomaly.score_made_up(subject, normal).scores["mse"][BLACK])
    below = intervals.of_share(int((usual < score).sum()), len(usual))
    share = below.value
    allowed = bands(below, (0.5,), ("normal", "high")) if share < 1 else frozenset({"strangest"})
    said = N_(
        "The black picture has the error {score:.4f}; {percent:.0f}% of the normal test pictures have "
        "less."
    )
    return Observed(
        "normal" if share < 0.5 else "high" if share < 1 else "strangest",
        Sentence(said, score=score, percent=100 * share),
        allowed,
    )


CHALLENGES = (
    Choose(
        key="anomaly-least-strange",
        about="digits",
        question=N_("The model has never seen these classes. On which is its error smallest?"),
        options={
            "0": N_("class 0"),
            "1": N_("class 1"),
            "5": N_("class 5"),
            "6": N_("class 6"),
        },
        how=N_("Look at the rows of scored pictures, and think of what is easy to draw."),
        observe=least_strange,
        explanation=N_(
            "The error measures how hard a picture is to draw, not how strange it is. "
            "Simple pictures with few bright pixels are reconstructed well even by a "
            "model that has never seen anything like them."
        ),
    ),
    Choose(
        key="anomaly-black",
        about="pictures",
        question=N_("A picture that is black all over: how large is its error?"),
        options={
            "normal": N_("below that of most normal pictures"),
            "high": N_("above that of most normal pictures"),
            "strangest": N_("above that of all normal pictures"),
        },
        how=N_("Look at the made-up pictures under ‘Pictures from elsewhere’."),
        observe=black,
        explanation=N_(
            "Compare it with your own judgement: an empty picture is not a digit at all. "
            "A threshold on the error alone lets simple pictures through; the distance "
            "in the latent space is another way to judge."
        ),
    ),
    Quiz(
        key="anomaly-threshold",
        question=N_("Move the threshold up. What happens?"),
        options={
            "miss": N_("fewer false alarms, more strange pictures missed"),
            "better": N_("fewer false alarms, fewer strange pictures missed"),
            "alarms": N_("more false alarms, fewer strange pictures missed"),
        },
        right="miss",
        why={
            "miss": N_(
                "Yes: an alarm takes a higher score now, for normal and for strange pictures alike."
            ),
            "better": N_("No: that would take a better score, not another threshold."),
            "alarms": N_("No: that is what moving it down does."),
        },
    ),
)
