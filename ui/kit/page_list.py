"""The pages, in the order of the navigation."""

from dataclasses import dataclass

from aecore.errors import N_


@dataclass(frozen=True)
class Page:
    """One page of the app: its file, and what the navigation calls it."""

    file: str
    title: str
    icon: str
    section: str
    about: str = ""
    """What there is to discover, in a sentence; empty for the page that lists the others."""
    example: str = "vanilla-32"
    """The pretrained model that the page shows while the learner has chosen none; empty for a page
    that is about no one model."""
    explains_itself: bool = False
    """It has no lesson: a tool, or a page that is a lesson already."""


PAGES = {
    "home": Page("app.py", N_("Home"), ":material/home:", N_("Start"), example="vae-2"),
    "train": Page(
        "pages/train.py",
        N_("Train"),
        ":material/play_circle:",
        N_("Lab"),
        N_(
            "Watch a network learn, epoch by epoch: loss, pictures and map, and look "
            "back at every step."
        ),
    ),
    "one_step": Page(
        "pages/one_step.py",
        N_("One step"),
        ":material/footprint:",
        N_("Lab"),
        N_(
            "One digit through the network and back: every number, its formula and its "
            "program code."
        ),
    ),
    "reconstructions": Page(
        "pages/reconstructions.py",
        N_("Reconstructions"),
        ":material/compare:",
        N_("Lab"),
        N_("What is kept of a picture, and what is lost; with a digit that you draw yourself."),
    ),
    "latent_space": Page(
        "pages/latent_space.py",
        N_("Latent space"),
        ":material/scatter_plot:",
        N_("Lab"),
        N_("Where the digits lie in the code, and what lies between them."),
        "vae-2",
    ),
    "denoising": Page(
        "pages/denoising.py",
        N_("Denoising"),
        ":material/grain:",
        N_("Lab"),
        N_("Take noise off digits, against the classical filters."),
        "denoising-32",
    ),
    "sparsity": Page(
        "pages/sparsity.py",
        N_("Sparsity"),
        ":material/apps:",
        N_("Lab"),
        N_("Codes in which few units are active: what each of them stands for."),
        "sparse-256",
    ),
    "ae_vs_pca": Page(
        "pages/ae_vs_pca.py",
        N_("AE versus PCA"),
        ":material/balance:",
        N_("Lab"),
        N_("What nonlinearity gains, against the best linear code of the same size."),
    ),
    "compare": Page(
        "pages/compare.py",
        N_("Compare"),
        ":material/stacked_line_chart:",
        N_("Lab"),
        N_("Two or more models side by side: curves, settings, cost, and the same digits."),
        "",
        explains_itself=True,
    ),
    "generate": Page(
        "pages/generate.py",
        N_("Generate"),
        ":material/auto_awesome:",
        N_("Uses"),
        N_("Digits that nobody has written, drawn from the code alone."),
        "vae-16",
    ),
    "anomaly": Page(
        "pages/anomaly.py",
        N_("Anomaly detection"),
        ":material/report:",
        N_("Uses"),
        N_("Find what is strange, having seen only what is normal."),
        "anomaly-3",
    ),
    "compression": Page(
        "pages/compression.py",
        N_("Compression"),
        ":material/folder_zip:",
        N_("Uses"),
        N_("Bytes against error, next to JPEG, WebP, PNG and PCA."),
    ),
    "features": Page(
        "pages/features.py",
        N_("Features"),
        ":material/category:",
        N_("Uses"),
        N_("The code as input for other models: when it helps, and when not."),
    ),
    "super_resolution": Page(
        "pages/super_resolution.py",
        N_("Super-resolution"),
        ":material/zoom_in:",
        N_("Uses"),
        N_("Large pictures from small ones, against the usual ways to enlarge."),
        "superres-14",
    ),
    "pretraining": Page(
        "pages/pretraining.py",
        N_("Pretraining"),
        ":material/school:",
        N_("Uses"),
        N_("A classifier that starts from what an autoencoder has learned, with few labels."),
        "vae-16",
    ),
    "variants": Page(
        "pages/variants.py",
        N_("Variants"),
        ":material/family_history:",
        N_("Uses"),
        N_("The whole family: what each member changes, drawn from the model itself."),
    ),
    "pitfalls": Page(
        "pages/pitfalls.py",
        N_("Pitfalls"),
        ":material/warning:",
        N_("Learn"),
        N_("Mistakes that are easily made: one click makes each of them, another cures it."),
        "",
        explains_itself=True,
    ),
    "glossary": Page(
        "pages/glossary.py",
        N_("Glossary"),
        ":material/menu_book:",
        N_("Learn"),
        N_("The words of the lab, in English and Korean side by side."),
        example="",
        explains_itself=True,
    ),
    "teach": Page(
        "pages/teach.py",
        N_("For teachers"),
        ":material/co_present:",
        N_("Learn"),
        N_("Make a link that sets a task, fixes settings, and shows everything in large type."),
        "",
        explains_itself=True,
    ),
}
