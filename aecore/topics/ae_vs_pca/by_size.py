"""Errors of autoencoders by code size: what is trained for that, and how it stands against PCA."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aecore.analysis import intervals
from aecore.analysis.intervals import Interval
from aecore.engine.trainings import Trained
from aecore.errors import ExperimentError
from aecore.spec import variants
from aecore.spec.experiment import Experiment


@dataclass(frozen=True)
class Plan:
    """What is to be trained.

    Attributes:
        experiments: in the order of training.
        refused: why some code sizes do not fit some variants, which are left out.
    """

    experiments: tuple[Experiment, ...]
    refused: tuple[ExperimentError, ...] = ()


def plan(keys: Iterable[str], sizes: Sequence[int], seeds: int = 1, **changes: object) -> Plan:
    """An experiment for each variant, each code size and each seed, small codes first.

    Args:
        keys: variants.
        sizes: code sizes, in numbers.
        seeds: 0 to seeds - 1 are used.
        changes: field -> value, for all of them.

    Raises:
        ExperimentError: an unknown variant.
    """
    planned: list[Experiment] = []
    refused: list[ExperimentError] = []
    for key in keys:
        preset = variants.get(key).experiment
        for size in sorted(sizes):
            wanted: dict[str, object] = {"latent_dim": size, **changes}
            if preset.matters("k"):
                wanted["k"] = min(preset.k, size)
            try:
                planned += [preset.replace(seed=seed, **wanted) for seed in range(seeds)]
            except ExperimentError as error:
                refused.append(error)
    return Plan(tuple(planned), tuple(refused))


Group = tuple[str, int]
"""A variant and a code size: trainings that differ by their seed."""


def by_group(results: Iterable[Trained[Any]]) -> dict[Group, list[Trained[Any]]]:
    """The results that have an error, each group's in the order of its seeds."""
    groups: dict[Group, list[Trained[Any]]] = {}
    for result in sorted(results, key=lambda r: (r.experiment.latent_dim, r.experiment.seed)):
        if result.test_mse is not None:
            key = result.experiment.variant, result.experiment.latent_dim
            groups.setdefault(key, []).append(result)
    return groups


def shares_of_pca(
    results: Iterable[Trained[Any]], curve: NDArray[np.float64]
) -> dict[Group, tuple[Interval, int]]:
    """Each group's error as a multiple of PCA's with as many numbers, and its number of seeds.

    Args:
        results: of trainings.
        curve: (numbers + 1,), PCA's errors with 0, 1, … components.

    Returns:
        Group -> the mean over its seeds with an interval, which has no end for a single seed.
    """
    found = {}
    for (variant, size), group in by_group(results).items():
        pca = float(curve[min(size, len(curve) - 1)])
        shares = [r.test_mse / pca for r in group if r.test_mse is not None]
        found[variant, size] = intervals.of_seeds(shares), len(shares)
    return found


def chosen(results: Iterable[Trained[Any]], curve: NDArray[np.float64]) -> Group:
    """The group with the lowest error against PCA on validation pictures, of at least one result.

    Test pictures then say how good it is: they have not been chosen by.
    """
    shares = {
        (variant, size): float(np.mean([r.val_mse for r in group if r.val_mse is not None]))
        / float(curve[min(size, len(curve) - 1)])
        for (variant, size), group in by_group(results).items()
    }
    return min(shares, key=shares.__getitem__)
