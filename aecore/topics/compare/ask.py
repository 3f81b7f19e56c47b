"""How good a model is, next to the baselines, on samples that several models share."""

from dataclasses import dataclass

from aecore.data import datasets
from aecore.topics.reconstructions import ask as reconstruction
from aecore.training.evaluation import evaluate
from aecore.training.loop import corrupt_fixed
from aecore.training.references import references
from aecore.training.subject import Subject


@dataclass(frozen=True)
class Scores:
    """Mean squared errors.

    Attributes:
        model: the model's over all test samples; NaN if it has diverged.
        mean, pca: those of the mean of the training samples, and of PCA with the same code size.
        n_test: test samples.
        val, val_mean: the model's and the mean's over all validation samples, beside
            which the curves of a training stand.
        n_val: validation samples.
    """

    model: float
    mean: float
    pca: float
    n_test: int
    val: float
    val_mean: float
    n_val: int


def scores(subject: Subject, on_bundled: bool) -> Scores:
    """The errors on the model's own test samples, or on the bundled digits."""
    if on_bundled:
        bundled = datasets.load(datasets.BUNDLED, device=subject.dataset.device)
        subject = Subject(subject.model, bundled)
    errors = reconstruction.test_errors(subject).errors
    e, dataset = subject.model.experiment, subject.dataset
    test, val = references(e, dataset, "test").mse, references(e, dataset, "val").mse
    x_input = corrupt_fixed(e, dataset.x_val)
    return Scores(
        model=float(errors.mean()),
        mean=test["mean"],
        pca=test["pca"],
        n_test=len(errors),
        val=evaluate(subject.model, x_input, dataset.x_val, dataset.y_val).mse,
        val_mean=val["mean"],
        n_val=len(dataset.x_val),
    )
