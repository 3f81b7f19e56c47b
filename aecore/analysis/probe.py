"""What a simple classifier can read from codes: how much they say about the class."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 5

MOST_STEPS = 100
"""Of the logistic regression's solver; on codes of digits, more change no digit of the accuracy."""

SPREAD = 30.0
"""The sum of the variances that every input of the regression is brought to by one factor. The
regression's penalty depends on it; 10 to 100 give codes, PCA and pixels of digits nearly the same
accuracies, and none of them its best."""


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
    large PCA code would count as much as the few that carry the picture. The regression gets them
    with one common scale, see `scaled`.

    Args:
        train: (n, latent_dim), codes to learn from.
        train_labels: (n,), their classes; at least two different ones.
        test: (m, latent_dim), codes to classify.
        test_labels: (m,), their classes.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    knn = KNeighborsClassifier(min(NEIGHBOURS, len(train))).fit(train, train_labels)
    wide, wide_test = scaled(train, train, test)
    logistic = LogisticRegression(max_iter=MOST_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        logistic.fit(wide, train_labels)
    return Accuracy(
        knn=float(knn.score(test, test_labels)),
        logistic=float(logistic.score(wide_test, test_labels)),
    )


def scaled(
    known: NDArray[np.float32], *inputs: NDArray[np.float32]
) -> tuple[NDArray[np.float64], ...]:
    """Inputs, centred and multiplied by one number, so that the known ones' variances add up to 30.

    One factor for all numbers of an input: standardising each by itself would make a pixel at the
    edge, where there is hardly ever ink, as loud as one in the middle.

    Args:
        known: (n, numbers), what centre and factor are found from.
        inputs: (m, numbers) each.
    """
    wide = known.astype(np.float64)
    mean, variance = wide.mean(axis=0), wide.var(axis=0).sum()
    factor = np.sqrt(SPREAD / variance) if variance > 0 else 1.0
    return tuple((each.astype(np.float64) - mean) * factor for each in inputs)
