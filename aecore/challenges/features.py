"""Challenges of the page Features."""

from typing import TYPE_CHECKING

from aecore.challenges._challenge import Choose, Observed, Quiz
from aecore.challenges._observing import band
from aecore.errors import N_, Sentence

if TYPE_CHECKING:
    from aecore.questions.subject import Subject

N_LABELS = 100
N_CLUSTERS = 10
NOTICEABLE = 0.01


def few_labels(subject: "Subject") -> Observed:
    """Classifiers with a hundred labels: on the code, and on the pixels."""
    from aecore.questions import features

    scores = features.classify(subject, N_LABELS).scores
    code, raw = (
        max(score.accuracy for score in scores[name].values())
        for name in (features.CODE, features.RAW)
    )
    said = N_("With 100 labels: {code:.1f}% right on the code, {raw:.1f}% on the pixels.")
    return Observed(
        band(code - raw, (-NOTICEABLE, NOTICEABLE), ("raw", "same", "code")),
        Sentence(said, code=100 * code, raw=100 * raw),
    )


def clusters(subject: "Subject") -> Observed:
    """The purity of ten clusters: of codes, and of pixels."""
    from aecore.questions import features

    found = features.cluster(subject, N_CLUSTERS)
    code, raw = found[features.CODE].purity, found[features.RAW].purity
    said = N_("Purity of ten clusters: {code:.1f}% of the codes, {raw:.1f}% of the pixels.")
    return Observed(
        band(code - raw, (-NOTICEABLE, NOTICEABLE), ("raw", "same", "code")),
        Sentence(said, code=100 * code, raw=100 * raw),
    )


CHALLENGES = (
    Choose(
        key="features-few-labels",
        question=N_("With 100 labels: which input is better for the best classifier?"),
        options={
            "code": N_("this model's code"),
            "same": N_("neither, within one percentage point"),
            "raw": N_("the pixels"),
        },
        how=N_("Move the number of labels and compare the table's columns."),
        observe=few_labels,
        explanation=N_(
            "The code has been learned from thousands of pictures without a label, so it may make the "
            "few labels go further. But it was made to rebuild pictures, not to tell classes apart: it "
            "helps only where it keeps what separates them, and drops what does not."
        ),
    ),
    Choose(
        key="features-clusters",
        question=N_("Ten clusters without any label: where do they fit the classes better?"),
        options={
            "code": N_("among this model's codes"),
            "same": N_("equally well, within one percentage point"),
            "raw": N_("among the pixels"),
        },
        how=N_("Look at the mean pictures of the clusters at the end of the page."),
        observe=clusters,
        explanation=N_(
            "k-means looks for round groups of near neighbours. Whether those are the classes depends on "
            "how the codes are arranged, and nothing in the reconstruction error asks that pictures of "
            "one class lie together."
        ),
    ),
    Quiz(
        key="features-labels-used",
        question=N_("How many labels has a plain autoencoder used when its training is over?"),
        options={
            "none": N_("none"),
            "all": N_("one for each training picture"),
            "ten": N_("ten, one for each class"),
        },
        right="none",
        why={
            "none": N_(
                "Yes: its target is the picture itself. The colours on the maps were put there later."
            ),
            "all": N_("No: its target is the picture itself, not its class."),
            "ten": N_("No: it is never told that there are classes at all."),
        },
    ),
)
