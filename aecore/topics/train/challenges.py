"""Challenges of the page Train: goals for the learner's own runs."""

from collections.abc import Sequence

from aecore.data.datasets import BUNDLED
from aecore.errors import N_, Sentence
from aecore.spec import variants
from aecore.spec.presets import PRESETS
from aecore.spec.view import RunView
from aecore.topics.challenge import Do, Observed, Quiz, Reach
from aecore.topics.observing import band

GOAL = 0.02
"""Validation MSE per pixel to stay below."""

NEAR_MEAN = 0.7
"""A model with more than this share of the mean picture's error shows hardly more than that."""


def smallest_code(runs: Sequence[RunView]) -> Observed:
    """The smallest code that makes it, once one of at least half its size has been seen to fail."""
    tried = [
        (view.experiment.latent_dim, view.val_mse)
        for view in runs
        if view.experiment.dataset == BUNDLED
        and view.state == "ended"
        and view.ended != "diverged"
        and view.val_mse is not None
    ]
    made = [attempt for attempt in tried if attempt[1] < GOAL]
    if not made:
        if not tried:
            return Observed(
                "", Sentence(N_("None of your runs on the bundled digits has ended yet."))
            )
        size, error = min(tried, key=lambda attempt: attempt[1])
        said = N_(
            "None of your runs is below 0.02 yet; the nearest has {error:.4f} with code size {size}."
        )
        return Observed("", Sentence(said, error=error, size=size))
    size, error = min(made)
    failed = max((s for s, e in tried if e >= GOAL and s < size), default=0)
    if 2 * failed < size and size > 1:
        said = N_(
            "Code size {size} reaches {error:.4f}. Is it the smallest that does? Keep "
            "halving it until one fails."
        )
        return Observed("", Sentence(said, size=size, error=error))
    return Observed(
        band(size, (5, 9, 17, 33), ("4", "8", "16", "32", "more")),
        Sentence(
            N_(
                "Your smallest code that reaches the target has {size} numbers "
                "({error:.4f}); the next smaller one that you tried, with {failed}, does "
                "not."
            ),
            size=size,
            error=error,
            failed=failed,
        ),
    )


def collapse(runs: Sequence[RunView]) -> Observed:
    """Whether a VAE among the runs has collapsed altogether, and what it then shows."""
    vaes = [view for view in runs if view.experiment.code == "gaussian" and view.step]
    if not vaes:
        return Observed("", Sentence(N_("None of your runs is a VAE yet.")))
    counts = [_collapsed(view) for view in vaes]
    best = max(range(len(vaes)), key=counts.__getitem__)
    view, units = vaes[best], vaes[best].experiment.latent_dim
    mean = view.references_mse.get("mean")
    if counts[best] < units or view.val_mse is None or not mean:
        said = N_(
            "At most {collapsed} of {units} code dimensions have collapsed: raise beta further."
        )
        return Observed("", Sentence(said, collapsed=counts[best], units=units))
    share = view.val_mse / mean
    return Observed(
        "same" if share > NEAR_MEAN else "digits",
        Sentence(
            N_(
                "All {units} code dimensions have collapsed with beta {beta:g}. Validation MSE "
                "{error:.4f}; the mean picture alone has {mean:.4f}."
            ),
            units=units,
            beta=view.experiment.beta,
            error=view.val_mse,
            mean=mean,
        ),
    )


def _collapsed(view: RunView) -> int:
    """Code dimensions that the diagnosis of a run names."""
    return max((int(f.params.get("collapsed", 0)) for f in view.findings), default=0)


CHALLENGES = (
    Reach(
        key="train-smallest-code",
        question=N_(
            "The smallest code with a validation MSE below 0.02 on the bundled digits: how many "
            "numbers does it have?"
        ),
        options={
            "4": N_("1 to 4"),
            "8": N_("5 to 8"),
            "16": N_("9 to 16"),
            "32": N_("17 to 32"),
            "more": N_("more than 32"),
        },
        how=N_(
            "Train with different code sizes, each run to its end, until you have one "
            "that reaches the target and one of at least half its size that does not."
        ),
        start=Do(N_("Begin with code size 16"), variants.build("vanilla", latent_dim=16)),
        observe=smallest_code,
        varies=("latent_dim",),
        explanation=N_(
            "The first few numbers of a code reduce the error most; each further one "
            "reduces it less. A digit has many pixels, but its shape varies in far fewer "
            "ways. A better network or longer training needs fewer numbers still, and "
            "that is why a code size means nothing without the model."
        ),
    ),
    Reach(
        key="train-collapse",
        question=N_(
            "Make a VAE collapse: none of its code dimensions may carry any information. "
            "What will it show then?"
        ),
        options={
            "same": N_("the same blurred picture for every digit"),
            "digits": N_("sharp digits, but wrong ones"),
            "noise": N_("noise"),
        },
        how=N_(
            "Train a VAE with a beta far above 1, and look for ‘Posterior collapse’ below the curves."
        ),
        start=Do(N_("Begin with beta 30"), PRESETS["collapse"].experiment.replace(epochs=30)),
        observe=collapse,
        needs=("variant", "beta"),
        explanation=N_(
            "If the code carries no information, the decoder cannot know which digit it "
            "is. The best it can do on average is to draw the same picture for every "
            "digit, close to the mean picture."
        ),
    ),
    Quiz(
        key="train-overfitting",
        question=N_(
            "The training loss keeps falling, the validation loss has begun to rise. What happens?"
        ),
        options={
            "overfitting": N_("The network memorises its training pictures."),
            "rate": N_("The learning rate is too high for this network."),
            "small": N_("The code is too small, so the loss cannot fall."),
        },
        right="overfitting",
        why={
            "overfitting": N_(
                "Yes: what it still learns holds only for the training pictures. Fewer "
                "training pictures (‘More settings’) make it happen sooner."
            ),
            "rate": N_(
                "No: too high a rate makes both curves jump or explode, as both come from the same weights."
            ),
            "small": N_("No: too small a code keeps both curves high, close to each other."),
        },
    ),
)
