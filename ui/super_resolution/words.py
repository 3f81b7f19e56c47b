"""What the super-resolution page calls the ways of enlarging, and how it explains them."""

from aecore.errors import N_

MODEL = "model"
"""As in `aecore.topics.super_resolution.ask`, whose import would bring torch."""

METHODS = {
    "nearest": N_("nearest"),
    "bilinear": N_("bilinear"),
    "bicubic": N_("bicubic"),
    MODEL: N_("autoencoder"),
}

ROWS = METHODS | {"nearest": N_("nearest = what goes in")}
"""As the labels of rows: the network gets the small picture blown up by nearest neighbour."""

SIDE_HELP = N_(
    "Each picture of {large} pixels is shrunk to this size, each small pixel the mean of those "
    "that it covers: half the side keeps 1 number of 4, a quarter of it 1 of 16. Every way of "
    "enlarging gets this small picture and nothing else."
)

WAYS_HELP = N_(
    "**Nearest** repeats each small pixel. **Bilinear** blends the 2×2 nearest ones, "
    "**bicubic** takes a weighted mean of 4×4 of them, which keeps edges sharper. The "
    "**autoencoder** gets the same small picture, its pixels repeated (nearest), and "
    "draws the large one from its code."
)

MEASURES_HELP = N_(
    "**PSNR**, the peak signal-to-noise ratio in decibels (dB), measures how small the "
    "squared error is: higher is better, and 10 dB more is a tenth of the error. "
    "**SSIM**, the structural similarity, compares brightness, contrast and shapes in "
    "small windows: 1 for equal pictures, near 0 for unrelated ones. Both are measured "
    "on each picture against its original, and then averaged."
)

HONEST = N_(
    "**The autoencoder sees no more than the others**: all get the same {pixels} "
    "numbers. Bicubic only weighs neighbouring pixels. The autoencoder has learned what "
    "its pictures look like, and draws strokes that would explain the small picture. Where the "
    "small picture is ambiguous, it picks one answer: the result is sharp, and sometimes "
    "wrong. It **invents** what is plausible; it does not recover what was lost."
)

STRANGERS_SAY = N_(
    "What helps with digits can mislead elsewhere. The network knows only strokes: a "
    "letter, which is made of strokes, may still come out well, but noise and a "
    "checkerboard become strokes, too. Bicubic knows nothing about digits and treats "
    "every picture alike. This is why a face or a number plate that a network has "
    "enlarged is not evidence."
)

OTHER_DATA = N_(
    "Small pictures are made large here, and this model has learned something else: {name}. Choose "
    "this page's example (★) or a model of square pictures in the sidebar, or train one on pictures "
    "on the page Train."
)

TRAIN_HELP = N_(
    "Trains a new model for the size of small picture that is chosen above, {epochs} epochs on "
    "{dataset}, and then shows it on this page. It becomes your run."
)

SIZE_HELP = N_(
    "How many numbers the code has. The small picture must fit through it: a code that is too "
    "small loses more than the shrinking did."
)
