"""What a simple classifier can read from codes: how much they say about the class."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 5

MOST_STEPS = 100
"""Of the logistic regression's solver; on codes of digits, more change no digit of the accuracy."""

FAINTEST = 1e-3
"""Numbers of a code that vary less than this share of the most varying one are left out of the
regression: standardising would blow rounding errors up to full size."""


@dataclass(frozen=True)
class Accuracy:
    """Shares of test pictures that are classified right, from 0 to 1.

    Attributes:
        knn: by the most frequent class among the nearest training codes.
        logistic: by logistic regression.
    """

    knn: float
    logistic: float


def accuracy(
    train: NDArray[np.float32],
    train_labels: NDArray[np.int64],
    test: NDArray[np.float32],
    test_labels: NDArray[np.int64],
) -> Accuracy:
    """Trains both classifiers on codes and tests them on others.

    Neighbours are found among the codes as they are: standardised, the many faint directions of a
    large PCA code would count as much as the few that carry the picture. The regression needs
    standardised ones, for its penalty treats all numbers alike.

    Args:
        train: (n, latent_dim), codes to learn from.
        train_labels: (n,), their classes; at least two different ones.
        test: (m, latent_dim), codes to classify.
        test_labels: (m,), their classes.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    knn = KNeighborsClassifier(min(NEIGHBOURS, len(train))).fit(train, train_labels)
    varied = varied_columns(train)
    logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=MOST_STEPS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        logistic.fit(train[:, varied].astype(np.float64), train_labels)
    return Accuracy(
        knn=float(knn.score(test, test_labels)),
        logistic=float(logistic.score(test[:, varied].astype(np.float64), test_labels)),
    )


def varied_columns(codes: NDArray[np.float32]) -> NDArray[np.intp]:
    """The columns that are worth standardising; the most varying one always is."""
    deviations = codes.std(axis=0, dtype=np.float64)
    return np.flatnonzero(deviations >= FAINTEST * deviations.max())
