"""What runs are called next to each other."""

import itertools

import pytest

from aecore.data import datasets
from aecore.files import pretrained
from aecore.files.run_labels import OFF, PHRASES, described, labels
from aecore.spec import variants
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.fields import Choice, Classes, Switch, Widths
from ui.kit.language import LANGUAGES, words

BASE = variants.build("sparse", epochs=3, n_train=100, batch_size=20)


def called(*experiments: Experiment, name: str = "", **more) -> list[str]:
    return labels([(name, e) for e in experiments], **more)


def korean(message: str) -> str:
    return words("ko").get(message, message)


def test_lone_run_is_called_by_variant_and_code_size():
    assert called(variants.build("vanilla", seed=7)) == ["My Vanilla 32"]


def test_both_say_the_one_setting_in_which_they_differ():
    a = variants.build("vanilla")
    assert called(a, a.replace(seed=3)) == ["My Vanilla 32 · seed 0", "My Vanilla 32 · seed 3"]


def test_several_say_only_what_differs_and_leaves_the_preset():
    a = variants.build("vanilla", epochs=5)
    found = called(a, a.replace(seed=3), a.replace(n_train=100), a.replace(learning_rate=0.01))
    assert found == [
        "My Vanilla 32",
        "My Vanilla 32 · seed 3",
        "My Vanilla 32 · 100 pictures",
        "My Vanilla 32 · learning rate 0.01",
    ]


def test_other_models_do_not_make_a_label_longer():
    a = variants.build("vanilla", seed=3)
    assert called(a, a.replace(latent_dim=8), variants.build("vae"))[0] == "My Vanilla 32"


def test_same_settings_are_numbered():
    a = variants.build("vanilla")
    assert called(a, a) == ["My Vanilla 32 (1)", "My Vanilla 32 (2)"]
    more = called(a, a, a.replace(seed=1))
    assert more == [
        "My Vanilla 32 · seed 0 (1)",
        "My Vanilla 32 · seed 0 (2)",
        "My Vanilla 32 · seed 1",
    ]


def test_setting_without_effect_tells_nothing_apart():
    a = variants.build("vanilla")
    assert called(a, a.replace(beta=5.0)) == ["My Vanilla 32 (1)", "My Vanilla 32 (2)"]


def test_more_pictures_than_there_are_are_all_that_there_are():
    a = variants.build("vanilla", dataset="mnist-5k")
    most = datasets.DATASETS["mnist-5k"].n_train
    assert called(a, a.replace(n_train=most)) == ["My Vanilla 32 (1)", "My Vanilla 32 (2)"]
    assert called(a, a.replace(n_train=100))[0] == f"My Vanilla 32 · {most:,} pictures"


def test_setting_that_matters_in_one_alone_is_said_there_only():
    a = variants.build("vanilla")
    found = called(a, a.replace(penalty="l1"), a.replace(penalty="l1", penalty_weight=0.1))
    assert found == [
        "My Vanilla 32",
        "My Vanilla 32 · penalty L1",
        "My Vanilla 32 · penalty L1 · penalty weight 0.1",
    ]


def test_name_of_the_learner_stands_alone_unless_it_is_taken():
    a = variants.build("vanilla")
    assert called(a, name="first") == ["first"]
    assert called(a, a.replace(seed=2), name="x") == ["x · seed 0", "x · seed 2"]
    assert called(a, name="Vanilla 32", taken=["Vanilla 32"]) == ["Vanilla 32 (2)"]
    assert labels([("a (1)", a), ("a", a), ("a", a)]) == ["a (1)", "a (2)", "a (3)"]


def other(name: str) -> object:
    """A value of a setting that is not that of `BASE`."""
    spec, now = SPECS[name], getattr(BASE, name)
    if isinstance(spec, Choice):
        return next(key for key in spec.choices if key != now)
    if isinstance(spec, Switch):
        return not now
    if isinstance(spec, Classes):
        return (1, 2)
    if isinstance(spec, Widths):
        return (16,)
    return now + 1 if spec.whole else now / 2 + 0.01


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SPECS)
def test_any_setting_tells_two_runs_apart(name, language):
    translate = korean if language == "ko" else str
    homes = (BASE, *(v.experiment for v in variants.VARIANTS.values()))
    home = next(e for e in homes if e.matters(name))
    home = home.replace(n_train=100)
    moved = (
        {name: other(name)} if getattr(home, name) != other(name) else {name: getattr(BASE, name)}
    )
    try:
        changed = home.replace(**moved)
    except Exception as error:
        pytest.skip(f"no experiment with {moved}: {error}")
    found = called(home, changed, _=translate)
    assert len(set(found)) == 2
    assert not any(label.endswith("(1)") for label in found)
    if name != "latent_dim":
        assert all(len(label) < 70 for label in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_labels_are_the_same_whatever_the_runs(language):
    translate = korean if language == "ko" else str
    values = {
        "seed": (0, 1),
        "learning_rate": (0.001, 0.01),
        "penalty": ("none", "l1"),
        "k": (1, 8),
    }
    mixed = [
        BASE.replace(**dict(zip(values, v, strict=True)))
        for v in itertools.product(*values.values())
    ]
    shipped = [
        described(pretrained.experiment_of(key), translate) for key in pretrained.available()
    ]
    assert len(set(shipped)) == len(shipped)
    found = called(*mixed, *mixed, _=translate, taken=shipped)
    assert len({*found, *shipped}) == len(found) + len(shipped)


def test_phrases_are_about_settings_that_exist():
    assert {*PHRASES, *OFF} <= set(SPECS)
