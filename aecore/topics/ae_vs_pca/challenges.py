"""Challenges of the page AE versus PCA."""

from typing import TYPE_CHECKING

import numpy as np

from aecore.errors import N_, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import band, sides, usable

if TYPE_CHECKING:
    from aecore.training.subject import Subject


def closer(subject: "Subject") -> Observed:
    """The model's error and PCA's with the same code size."""
    from aecore.topics.ae_vs_pca import ask as comparison

    found = comparison.errors(subject)
    pca = float(found.pca[found.components])
    usable(found.model)
    said = N_("This model: MSE {model:.4f}. PCA with {components} components: {pca:.4f}.")
    answer, allowed = sides(found.ahead, "model", "pca")
    return Observed(
        answer, Sentence(said, model=found.model, components=found.components, pca=pca), allowed
    )


def components_needed(subject: "Subject") -> Observed:
    """How many components PCA needs to do as well."""
    from aecore.topics.ae_vs_pca import ask as comparison

    found = comparison.errors(subject)
    usable(found.model)
    enough = np.flatnonzero(found.pca <= found.model)
    if not len(enough):
        said = N_(
            "This model's error is {model:.4f}; PCA does not get this close with any number "
            "of components."
        )
        return Observed("more", Sentence(said, model=found.model))
    times = int(enough[0]) / found.latent_dim
    said = N_(
        "This model's error is {model:.4f} with {size} numbers; PCA needs {needed} "
        "components for that."
    )
    return Observed(
        band(times, (1, 2, 4), ("fewer", "one", "two", "more")),
        Sentence(said, model=found.model, size=found.latent_dim, needed=int(enough[0])),
    )


CHALLENGES = (
    Choose(
        key="ae_vs_pca-closer",
        question=N_(
            "Which is closer to the test samples with the same code size: this model or PCA?"
        ),
        options={"model": N_("this model"), "pca": N_("PCA")},
        how=N_("Compare the two rows of reconstructions before you check."),
        observe=closer,
        explanation=N_(
            "PCA is the best that any linear code can do on its training samples, and "
            "it is found at once. A network can bend the plane and then needs fewer "
            "numbers, if it has been trained well enough; a network that has not, or "
            "that also has other goals, may lose to PCA."
        ),
    ),
    Choose(
        key="ae_vs_pca-components",
        question=N_("How many components does PCA need to match this model's error?"),
        options={
            "fewer": N_("fewer than the model has numbers"),
            "one": N_("1 to 2 times as many"),
            "two": N_("2 to 4 times as many"),
            "more": N_("more than 4 times as many"),
        },
        how=N_("Look at the chart of error against code size."),
        observe=components_needed,
        explanation=N_(
            "This is what nonlinearity saves, measured in code size. It saves most for "
            "small codes: with hundreds of numbers PCA misses almost nothing."
        ),
    ),
    Quiz(
        key="ae_vs_pca-linear",
        question=N_(
            "A linear autoencoder with MSE is trained to the end. What do its 32 numbers have to do with "
            "PCA's first 32 components?"
        ),
        options={
            "span": N_("They span the same subspace, but the axes may be mixed."),
            "equal": N_("They are those components, one each, ordered by variance."),
            "nothing": N_("Nothing: trained on the error itself, they beat PCA's."),
        },
        right="span",
        why={
            "span": N_(
                "Yes: the same subspace. Any mixture of the axes that encoder and decoder undo again "
                "has the same error, so training has no reason to find PCA's own."
            ),
            "equal": N_("No: nothing in the loss orders the numbers or makes them independent."),
            "nothing": N_(
                "No: among linear codes none has a smaller squared error on the training samples."
            ),
        },
    ),
)
