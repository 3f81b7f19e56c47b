"""Pitfalls that lie in the data or in the measuring; no setting of the lab can make them."""

from aecore.errors import N_
from aecore.spec import variants
from aecore.topics.pitfalls.pitfall import ALIKE, APART, HELD_OUT, LEAKED, RESCALED, Pitfall, Trial

FEW = 300
"""Seen that are learned from by heart where a test set is trained on."""

_PLAIN = variants.build("vanilla", epochs=15)
_BY_HEART = variants.build("vanilla", n_train=FEW, batch_size=30, epochs=60)

_FLOOR = N_(
    "Test MSE **{mse:.4f}**, converted to pixels from 0 to 1; no output of a sigmoid "
    "could get below **{floor:.4f}**."
)
_REPORTED = N_(
    "Reported test MSE **{mse:.4f}**. On {n} digits that are new to it: **{fresh:.4f}**."
)
_HONEST = N_(
    "Validation MSE, to choose by: **{val:.4f}**. Test MSE, measured once at the end: "
    "**{mse:.4f}**. On {n} digits that are new to it: **{fresh:.4f}**. All three agree."
)

PITFALLS = (
    Pitfall(
        key="pixel-range",
        title=N_("Pixels from −1 to 1 under a sigmoid"),
        seen=N_(
            "The background is reconstructed grey instead of black, and the error stops "
            "far above that of the same network on pixels from 0 to 1."
        ),
        why=N_(
            "A sigmoid outputs only numbers between 0 and 1. The black background, at "
            "−1, can never be reached: the closest possible output is 0, which is grey."
        ),
        remedy=N_(
            "Let the output cover the range of the pixels: 0 to 1 with a sigmoid, −1 to 1 with a tanh, "
            "anything without an activation."
        ),
        wrong=Trial(_PLAIN, _FLOOR, RESCALED),
        cured=Trial(_PLAIN, _FLOOR),
        settings=False,
    ),
    Pitfall(
        key="leak",
        title=N_("A test set used for training"),
        seen=N_("The test error looks excellent, but on new pictures the model does far worse."),
        why=N_(
            "The network has seen the very pictures it is tested on. The test then measures how much "
            "it remembers, not what it does with a new picture."
        ),
        remedy=N_(
            "Cut the data into three parts before anything else is done: learn from the first, choose "
            "by the second (validation: when to stop, which settings), and touch the third (test) for "
            "the last number only. The cured network learns from as many other pictures."
        ),
        wrong=Trial(_BY_HEART, _REPORTED, LEAKED),
        cured=Trial(_BY_HEART, _HONEST, HELD_OUT),
        settings=False,
    ),
    Pitfall(
        key="units",
        title=N_("Comparing MSE with SSE"),
        seen=N_(
            "Two papers, two errors, and the worse model wins by a factor of more than a hundred."
        ),
        why=N_(
            "MSE is the mean over a picture's pixels, SSE is their sum: the same error, as many times "
            "as large as there are pixels. Both are called “reconstruction error”."
        ),
        remedy=N_(
            "Check every number that you read: is it a mean or a sum, over pixels or "
            "pictures, with pixels up to 1 or up to 255? Convert both to the same unit "
            "before comparing."
        ),
        wrong=Trial(
            None,
            N_(
                "Model A (code size 32) reports an error of **{a_sse:.2f}**, model B (code size 2) one of "
                "**{b_mse:.4f}**. B seems {times:.0f} times as good, but A gave the SSE and B the MSE."
            ),
            APART,
        ),
        cured=Trial(
            None,
            N_(
                "In the same unit, A is {times:.1f} times as good as B:\n\n"
                "| model | MSE per pixel | SSE per picture | ratio |\n|---|--:|--:|--:|\n"
                "| A, code size 32 | **{a_mse:.4f}** | **{a_sse:.2f}** | {ratio:.0f} |\n"
                "| B, code size 2 | {b_mse:.4f} | {b_sse:.2f} | {ratio:.0f} |"
            ),
            ALIKE,
        ),
        settings=False,
    ),
)
