"""The same experiment once more with other seeds."""

from aecore.spec.experiment import Experiment


def with_other_seeds(experiment: Experiment, seeds: int) -> tuple[Experiment, ...]:
    """The same with as many other seeds as make `seeds` together with its own; the smallest ones."""
    others = (seed for seed in range(seeds) if seed != experiment.seed)
    return tuple(experiment.replace(seed=seed) for seed in others)[: seeds - 1]
