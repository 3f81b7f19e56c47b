"""What the anomaly page calls things."""

from aecore.errors import N_
from aecore.shapes import Kind
from ui.kit import kinds
from ui.kit.language import _

SCORES = {
    "mse": N_("MSE"),
    "ssim": N_("1 − SSIM"),
    "latent": N_("code distance"),
}

SCORE_TITLES = {
    "mse": N_("score: {mse}"),
    "ssim": N_("score: 1 − SSIM"),
    "latent": N_("score: code distance (standard deviations)"),
}

SCORE_SAYS = {
    "mse": N_(
        "**MSE**: how far the numbers of the reconstruction are off; what was never "
        "learned is reconstructed badly."
    ),
    "ssim": N_(
        "**1 − SSIM**: how little the reconstruction resembles the picture in brightness, contrast "
        "and shape, window by window."
    ),
    "latent": N_(
        "**Code distance**: how far the code lies from the codes of the normal training samples, "
        "measured in their own spread (Mahalanobis distance)."
    ),
}

FORMATS = {"mse": "{:.3f}", "ssim": "{:.2f}", "latent": "{:.1f}"}
SLIDER_FORMATS = {"mse": "%.4f", "ssim": "%.3f", "latent": "%.2f"}

DATA_HELP = N_(
    "What to train on: datasets with classes that need no download. The results below stay those "
    "of the model shown until a new one has been trained."
)

NORMAL_HELP = N_(
    "The classes that count as normal: the model is trained on them alone and never sees the "
    "others, which are strange to it. Choose at least one, and not all."
)

TRAIN_HELP = N_(
    "Trains a new model on the normal classes alone, 30 epochs, in the background. It then appears "
    "on this page and becomes your run."
)

SCORE_HELP = N_(
    "A number for each sample, higher for what is stranger. It is computed without knowing the "
    "class."
)

THRESHOLD_HELP = N_(
    "A score above it raises an alarm. It starts where 5% of held-out normal samples would raise a "
    "false alarm. These come from the validation part: neither learned from nor tested on, so the "
    "share among the test samples is as it happens to be. Further right there are fewer false "
    "alarms, and more strange samples are missed."
)

BELOW_HALF = N_(
    "The ROC AUC lies below one half: by this score strange samples look more normal than normal "
    "ones do, so guessing would be better. The model reconstructs the strange samples more easily."
)

AUC_HELP = N_(
    "**ROC AUC**: the chance that a strange sample scores higher than a normal one, taken over "
    "all thresholds; 1 separates perfectly, 0.5 is guessing. **PR AUC** (average precision): how "
    "many alarms are right, averaged over all shares of strange samples caught; guessing gets the "
    "share of strange samples among all, {base:.2f} here."
)

ROC_HELP = N_(
    "Each point of a line is one threshold: the share of strange samples that it catches, over "
    "the share of normal samples that raise a false alarm. A good score reaches the upper left "
    "corner."
)

PR_HELP = N_(
    "Each point of a line is one threshold: which share of its alarms is right (precision), over "
    "the share of strange samples that it catches (recall). A good score stays at the top."
)

UNLABELLED_HELP = N_(
    "A score above it raises an alarm. It starts where 5% of the validation samples would raise "
    "one: the model has not learned from these. What share of the test samples raises one then says "
    "how much stranger they are."
)

NO_AREA = N_(
    "Nobody has said which samples of this dataset are strange, so there is no ROC AUC here, nor "
    "a share of strange ones that are caught: both need labels to compare with. What a model can do "
    "without any is to put the samples in order; whether the first ones are strange, somebody has "
    "to look at."
)

OVERLAP = N_("Samples may overlap in time, so one event can be found in several of them.")

MADE_UP = (
    N_("normal"),
    N_("turned 90°"),
    N_("upside down"),
    N_("inverted"),
    N_("checkerboard"),
    N_("noise"),
    N_("black"),
)
"""In the order of `aecore.topics.anomaly.ask.made_up`."""


def score_title(score: str, kind: Kind) -> str:
    """What the axis of a score is called, with its unit."""
    return _(SCORE_TITLES[score]).format(mse=kinds.mse(kind))
