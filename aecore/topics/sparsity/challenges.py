"""Challenges of the page Sparsity."""

from typing import TYPE_CHECKING

from aecore.analysis import intervals
from aecore.errors import N_, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import band, bands, usable

if TYPE_CHECKING:
    from aecore.training.subject import Subject

KEPT = 10
N_THINNED = 200


def active_share(subject: "Subject") -> Observed:
    """The share of units that are active on a sample."""
    from aecore.topics.sparsity import ask as sparsity

    found = sparsity.in_figures(subject)
    usable(found.mse)
    said = N_("On average {percent:.0f}% of its {units} units are active on a test sample.")
    return Observed(
        band(found.share, (0.1, 0.5), ("few", "some", "most")),
        Sentence(said, percent=100 * found.share, units=found.units),
    )


def ten_largest(subject: "Subject") -> Observed:
    """What is lost if only the largest units of each code are kept."""
    from aecore.topics.sparsity import ask as sparsity

    n = min(N_THINNED, len(subject.dataset.x_test))
    found = sparsity.thinned(subject, tuple(range(n)), KEPT)
    limits, keys = (1.5, 4), ("little", "some", "much")
    whole, kept = float(found.errors.mean()), float(found.kept_errors.mean())
    usable(whole, kept)
    times = kept / max(whole, 1e-9)
    said = N_(
        "Whole code: MSE {whole:.4f}. Its 10 largest units alone: {kept:.4f}, {times:.1f} times."
    )
    return Observed(
        band(times, limits, keys),
        Sentence(said, whole=whole, kept=kept, times=times),
        bands(intervals.of_ratio(found.kept_errors, found.errors), limits, keys),
    )


CHALLENGES = (
    Choose(
        key="sparsity-active",
        question=N_(
            "What share of this model's code units is active on a test sample, on average?"
        ),
        options={
            "few": N_("less than a tenth"),
            "some": N_("a tenth to a half"),
            "most": N_("more than a half"),
        },
        how=N_("Look at the charts of the activity before you check."),
        observe=active_share,
        explanation=N_(
            "A sparse code describes each sample by a few of many units, just as a text "
            "uses few of all words. A code without a penalty or a top-k has no reason to "
            "leave any unit at 0."
        ),
    ),
    Choose(
        key="sparsity-ten-largest",
        question=N_(
            "Keep only the 10 largest units of each code. How large does the error become?"
        ),
        options={
            "little": N_("less than 1.5 times as large"),
            "some": N_("1.5 to 4 times as large"),
            "much": N_("more than 4 times as large"),
        },
        how=N_("Move the slider that says how many units are kept."),
        observe=ten_largest,
        explanation=N_(
            "If few units carry the sample, the others can be left out; if many share "
            "the work, all are needed. A small value is not an unimportant one: only a "
            "model that was trained to be sparse has learned to put what matters into "
            "few units."
        ),
    ),
    Quiz(
        key="sparsity-heavier",
        question=N_(
            "Raise the weight of the sparsity penalty. What happens to error and active units?"
        ),
        options={
            "trade": N_("fewer units are active, and the error grows"),
            "both": N_("fewer units are active, and the error falls"),
            "more": N_("more units are active, and the error falls"),
        },
        right="trade",
        why={
            "trade": N_("Yes: the penalty and the reconstruction pull in opposite directions."),
            "both": N_(
                "No: a unit that is switched off can no longer help the reconstruction. On the training "
                "pictures that always costs something."
            ),
            "more": N_("No: the penalty grows with every active unit, so there will be fewer."),
        },
    ),
)
