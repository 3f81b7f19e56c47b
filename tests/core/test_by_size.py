"""What is trained for the errors by code size, with how many seeds, and what is found best."""

import numpy as np
import pytest

from aecore.engine.trainings import Trained
from aecore.errors import ExperimentError
from aecore.spec import variants
from aecore.spec.variants import VARIANTS
from aecore.topics.ae_vs_pca import by_size
from aecore.topics.compare.seeds import with_other_seeds


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_can_be_planned_with_every_code_size_that_fits_it(variant):
    planned = by_size.plan([variant], [32, 1, 1024], epochs=3)
    fitting = [e.latent_dim for e in planned.experiments]
    assert fitting == ([1, 32, 1024] if not planned.refused else fitting)
    assert {32, 1024} <= set(fitting)
    assert len(fitting) + len(planned.refused) == 3
    assert {e.epochs for e in planned.experiments} == {3}
    assert {e.network for e in planned.experiments} == {variants.get(variant).experiment.network}


def test_small_code_takes_the_active_units_along():
    (planned,) = by_size.plan(["top-k"], [2]).experiments
    assert planned.k == 2


def test_code_size_that_does_not_fit_is_left_out_and_said():
    planned = by_size.plan(["vanilla"], [9999, 4])
    assert [e.latent_dim for e in planned.experiments] == [4]
    assert "9999" in str(planned.refused[0])


def test_unknown_variant_is_refused():
    with pytest.raises(ExperimentError, match="nonsense"):
        by_size.plan(["nonsense"], [2])


# ---- several seeds


def result(size: int, seed: int, mse: float | None, val: float | None = None) -> Trained:
    e = variants.build("vanilla", latent_dim=size, seed=seed)
    return Trained(e, mse if val is None else val, mse, 1.0)


def test_group_is_chosen_on_validation_pictures():
    """The luckiest on test pictures is not taken for the best."""
    flat = np.full(785, 0.1)
    results = [result(2, 0, 0.04, val=0.06), result(4, 0, 0.05, val=0.05)]
    assert by_size.chosen(results, flat) == ("vanilla", 4)


def test_every_size_is_planned_with_every_seed():
    planned = by_size.plan(["vanilla"], [4, 2], 3).experiments
    wanted = [(size, seed) for size in (2, 4) for seed in (0, 1, 2)]
    assert [(e.latent_dim, e.seed) for e in planned] == wanted


def test_seeds_are_one_group_with_an_interval():
    curve = np.linspace(0.1, 0.001, 785)
    found = by_size.shares_of_pca(
        [result(2, 1, 0.06), result(2, 0, 0.05), result(2, 2, None), result(4, 0, 0.04)], curve
    )
    two, seeds = found["vanilla", 2]
    assert seeds == 2
    assert two.value == pytest.approx(0.055 / curve[2])
    assert two.low < two.value < two.high < np.inf
    assert found["vanilla", 4][1] == 1
    assert found["vanilla", 4][0].high == np.inf


@pytest.mark.parametrize(("own", "others"), [(0, [1, 2]), (1, [0, 2]), (7, [0, 1])])
def test_a_run_is_joined_by_as_many_other_seeds_as_are_wanted(own, others):
    experiment = variants.build("vanilla", seed=own)
    found = with_other_seeds(experiment, 3)
    assert [e.seed for e in found] == others
    assert {e.replace(seed=own) for e in found} == {experiment}
