"""Challenges of the page Features."""

from typing import TYPE_CHECKING

from aecore.analysis.intervals import verdict
from aecore.errors import N_, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import band

if TYPE_CHECKING:
    from aecore.training.subject import Subject

N_LABELS = 100
N_CLUSTERS = 10
NOTICEABLE = 0.01

VERDICTS = {"better": "code", "worse": "raw", "unclear": "same"}


def few_labels(subject: "Subject") -> Observed:
    """Classifiers with a hundred labels: on the code, and on the pixels."""
    from aecore.topics.features import ask as features

    found = features.classify(subject, N_LABELS)
    gain = found.gains[features.RAW].times(100)
    said = N_(
        "With 100 labels, over {draws} draws of them: {code:.1f}% right on the code, {raw:.1f}% on "
        "the samples themselves. The difference, code minus samples, lies between {low:+.1f} and {high:+.1f} points."
    )
    return Observed(
        VERDICTS[verdict(gain)],
        Sentence(
            said,
            draws=found.n_draws,
            code=100 * found.accuracy(features.CODE).value,
            raw=100 * found.accuracy(features.RAW).value,
            low=gain.low,
            high=gain.high,
        ),
    )


def clusters(subject: "Subject") -> Observed:
    """The purity of ten clusters: of codes, and of pixels."""
    from aecore.topics.features import ask as features

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
        about="classes",
        question=N_("With 100 labels: which input is better for the best classifier?"),
        options={
            "code": N_("this model's code"),
            "same": N_("no difference that could be seen"),
            "raw": N_("the samples themselves"),
        },
        how=N_("Compare the rows of the table, with their intervals, at 100 labels."),
        observe=few_labels,
        explanation=N_(
            "The code has been learned from many samples without a label, so it may make the "
            "few labels go further. But it was made to rebuild samples, not to tell classes apart: it "
            "helps only where it keeps what separates them, and drops what does not. Which hundred "
            "samples get a label moves the result by more than most codes do."
        ),
    ),
    Choose(
        key="features-clusters",
        about="digits",
        question=N_("Ten clusters without any label: where do they fit the classes better?"),
        options={
            "code": N_("among this model's codes"),
            "same": N_("equally well, within one percentage point"),
            "raw": N_("among the pixels"),
        },
        how=N_("Look at the mean pictures of the clusters at the end of the page."),
        observe=clusters,
        explanation=N_(
            "k-means looks for round groups of near neighbours. Whether those are the "
            "classes depends on how the codes are arranged, and nothing in the "
            "reconstruction error makes pictures of one class lie together."
        ),
    ),
    Quiz(
        key="features-labels-used",
        question=N_("How many labels has a plain autoencoder used when its training is over?"),
        options={
            "none": N_("none: it never sees a label in training"),
            "all": N_("one for each sample that it trains on"),
            "ten": N_("one for each class that there is"),
        },
        right="none",
        why={
            "none": N_(
                "Yes: its target is the sample itself. The colours on the maps were put there later."
            ),
            "all": N_("No: its target is the sample itself, not its class."),
            "ten": N_("No: it gets no information about classes at all."),
        },
    ),
)
