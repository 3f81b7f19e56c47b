"""What the denoising page calls its methods and kinds of noise, and how it explains them."""

from aecore.errors import N_
from aecore.shapes import Kind

NOISY, MODEL, PLAIN = "noisy", "model", "plain"
"""As in `aecore.topics.denoising.ask`, whose import would bring torch."""

METHODS = {
    NOISY: N_("noisy {one}"),
    MODEL: N_("this model"),
    PLAIN: N_("plain autoencoder"),
    "median": N_("median filter"),
    "gaussian_blur": N_("Gaussian blur"),
    "nl_means": N_("non-local means"),
    "total_variation": N_("total variation"),
}

SHORT = {
    PLAIN: N_("plain"),
    "median": N_("median"),
    "gaussian_blur": N_("blur"),
    "nl_means": N_("non-local"),
    "total_variation": N_("variation"),
}
"""For the room under one picture."""

STRENGTHS: dict[Kind, dict[str, str]] = {
    "picture": {
        "median": "{0:.0f}×{0:.0f} px",
        "gaussian_blur": "σ {:.1f} px",
        "nl_means": "h {:.2f}",
        "total_variation": "λ {:.2f}",
    },
    "series": {
        "median": "{:.0f}",
        "gaussian_blur": "σ {:.1f}",
        "total_variation": "λ {:.2f}",
    },
}
"""Of the filters; lengths are in pixels, or in values of a series."""

MEASURES_HELP = N_(
    "**PSNR**, the peak signal-to-noise ratio in decibels (dB), measures how small the "
    "squared error is: higher is better, and 10 dB more is a tenth of the error; equal "
    "samples have ∞. The mean is that of the samples' ratios. Outputs are scored as shown, "
    "cut off at the lowest and the highest value."
)

SSIM_HELP = N_(
    "**SSIM**, the structural similarity, compares brightness, contrast and shapes in small "
    "windows: 1 for equal pictures, near 0 for unrelated ones, higher is better."
)

PICTURE_METHODS_HELP = N_(
    "**Median filter**: each pixel becomes the median of its neighbourhood. **Gaussian "
    "blur**: a mean of the neighbourhood in which near pixels count more. **Non-local "
    "means**: a mean of pixels whose neighbourhoods look alike. **Total variation**: the "
    "closest picture with few and short edges. **Plain autoencoder**: the pretrained one "
    "of the nearest code size, trained without noise."
)

SERIES_METHODS_HELP = N_(
    "**Median filter**: each value becomes the median of those around it in time. **Gaussian "
    "blur**: a mean of those around it in which near ones count more. **Total variation**: the "
    "closest curve with few and small jumps."
)

SCORES_HELP = N_(
    "Each filter has the strength that does best for this noise on 20 training samples, so each is "
    "shown at its best. Scores are means over {n} test samples with a fixed noise of their own."
)

NO_FILTERS = N_(
    "There are no classical filters to compare with: they mix each number with its neighbours, and "
    "the columns of a table have none."
)

LEVELS_HELP = N_(
    "A filter's line is that of the best one at each level, at its best strength. Means over {n} test "
    "samples with a fixed noise."
)

KINDS_HELP = N_(
    "How many decibels of PSNR the output gains on the noisy input, at the level "
    "chosen above. Above 0 it got better, below 0 worse; bars end at ±12 dB, "
    "the numbers do not. Without any noise there is nothing to gain. A model learns the "
    "noise that it is trained with; for other kinds there is no guarantee."
)
