"""How good a model is, next to the baselines, on pictures that several models share."""

from dataclasses import dataclass

from aecore import datasets
from aecore.questions import reconstruction
from aecore.questions.subject import Subject
from aecore.references import references


@dataclass(frozen=True)
class Scores:
    """Mean squared errors per pixel over all test pictures.

    Attributes:
        model: the model's; NaN if it has diverged.
        mean, pca: those of the mean picture, and of PCA with the same code size.
        n_test: test pictures.
    """

    model: float
    mean: float
    pca: float
    n_test: int


def scores(subject: Subject, on_bundled: bool) -> Scores:
    """The errors on the model's own test pictures, or on the bundled ones."""
    if on_bundled:
        bundled = datasets.load(datasets.BUNDLED, device=subject.dataset.device)
        subject = Subject(subject.model, bundled)
    errors = reconstruction.test_errors(subject).errors
    baselines = references(subject.model.experiment, subject.dataset).mse
    return Scores(float(errors.mean()), baselines["mean"], baselines["pca"], len(errors))
