"""What the denoising page calls its methods and kinds of noise, and how it explains them."""

from aecore.errors import N_

NOISY, MODEL, PLAIN = "noisy", "model", "plain"
"""As in `aecore.topics.denoising.ask`, whose import would bring torch."""

METHODS = {
    NOISY: N_("noisy picture"),
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

STRENGTHS = {
    "median": "{0:.0f}×{0:.0f} px",
    "gaussian_blur": "σ {:.1f} px",
    "nl_means": "h {:.2f}",
    "total_variation": "λ {:.2f}",
}

MEASURES_HELP = N_(
    "**PSNR**, the peak signal-to-noise ratio in decibels (dB), measures how small the "
    "squared error is: higher is better, and 10 dB more is a tenth of the error; equal "
    "pictures have ∞. The mean is that of the pictures' ratios. **SSIM**, the structural "
    "similarity, compares brightness, contrast and shapes in small windows: 1 for equal "
    "pictures, near 0 for unrelated ones, higher is better. Outputs are scored as shown, "
    "cut off at black and white."
)

METHODS_HELP = N_(
    "**Median filter**: each pixel becomes the median of its neighbourhood. **Gaussian "
    "blur**: a mean of the neighbourhood in which near pixels count more. **Non-local "
    "means**: a mean of pixels whose neighbourhoods look alike. **Total variation**: the "
    "closest picture with few and short edges. **Plain autoencoder**: the pretrained one "
    "of the nearest code size, trained without noise. Each filter has the strength that "
    "does best for this noise on 20 training pictures, so each is shown at its best. "
    "Scores are means over {n} test pictures with a fixed noise of their own."
)

LEVELS_HELP = N_(
    "The filter is the best of the four at each level, at its best strength. Means over {n} test "
    "pictures with a fixed noise."
)

KINDS_HELP = N_(
    "How many decibels of PSNR the output gains on the noisy picture, at the level "
    "chosen above. Above 0 the picture got better, below 0 worse; bars end at ±12 dB, "
    "the numbers do not. Without any noise there is nothing to gain. A model learns the "
    "noise that it is trained with; for other kinds there is no guarantee."
)
