"""What links say: experiments with values out of range, and teachers' wishes."""

import pytest

from aecore.spec import variants
from aecore.spec.experiment import SPECS
from aecore.spec.fields import Number
from aecore.spec.links import (
    ALL,
    LONGEST_TASK,
    SETTINGS,
    Guidance,
    read_experiment,
    read_guidance,
    write_names,
)
from aecore.spec.presets import PRESETS

NUMBERS = [name for name, spec in SPECS.items() if isinstance(spec, Number)]


@pytest.mark.parametrize("key", PRESETS)
def test_link_of_a_preset_is_read_back_without_a_word(key):
    experiment = PRESETS[key].experiment
    base = variants.get(experiment.variant).experiment
    query = {"variant": experiment.variant} | experiment.differences(base)
    assert read_experiment(query) == (experiment, ())


@pytest.mark.parametrize("key", variants.VARIANTS)
def test_link_of_a_variant_with_other_numbers_is_read_back_without_a_word(key):
    base = variants.get(key).experiment
    front = [name for name in variants.get(key).front if isinstance(SPECS[name], Number)]
    other = {name: SPECS[name].clamp(0.7 * getattr(base, name) + 0.0013) for name in front}
    experiment = base.replace(**other, seed=7)
    query = {"variant": key} | experiment.differences(base)
    assert {"variant", "seed", *other} == set(query)
    assert read_experiment(query) == (experiment, ())
    assert experiment.canonical() == experiment.canonical().canonical()


@pytest.mark.parametrize("name", NUMBERS)
def test_number_out_of_range_is_clamped_and_named_with_both_values(name):
    spec = SPECS[name]
    if name in ("k", "vector_size"):
        pytest.skip("their limit depends on the code size")
    for received, used in ((spec.high * 10 + 7, spec.high), (spec.low - 3, spec.low)):
        experiment, said = read_experiment({name: str(received)})
        assert getattr(experiment, name) == used
        assert len(said) == 1
        for part in (name, repr(str(received)), f"Used instead: {spec.format(used)}."):
            assert part in str(said[0])


@pytest.mark.parametrize("text", ["1e999", "-1e999"])
def test_infinite_number_is_clamped(text):
    experiment, said = read_experiment({"latent_dim": text})
    assert experiment.latent_dim in (1, 1024)
    assert len(said) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("latent_dim", "nan"),
        ("latent_dim", "many"),
        ("latent_dim", ""),
        ("hidden", "1,2,x"),
        ("network", "quantum"),
        ("classes", "11"),
        ("activation", "<script>alert(1)</script>"),
    ],
)
def test_useless_value_is_left_out_and_said(name, text):
    experiment, said = read_experiment({name: text})
    assert experiment == variants.get("vanilla").experiment
    assert len(said) == 1
    assert name in str(said[0])


def test_long_value_is_not_repeated_whole():
    for name in ("variant", "latent_dim", "network", "hidden"):
        _, said = read_experiment({name: "9" * 10_000})
        assert len(str(said[0])) < 500


def test_k_is_clamped_to_the_code_size():
    experiment, said = read_experiment({"variant": "top-k", "latent_dim": "6", "k": "500"})
    assert (experiment.latent_dim, experiment.k) == (6, 6)
    assert "k = 6" in str(said[0])


def test_field_that_contradicts_another_is_left_out_and_the_rest_stays():
    query = {"variant": "vae", "code_activation": "relu", "latent_dim": "5", "seed": "3"}
    experiment, said = read_experiment(query)
    assert (experiment.code_activation, experiment.latent_dim) == ("identity", 5)
    assert experiment.seed == 3
    assert len(said) == 1


def test_parameters_that_are_no_settings_are_ignored():
    assert read_experiment({"lang": "ko", "utm_source": "x"})[1] == ()


@pytest.mark.parametrize(
    "names", [(), ("variant",), ("latent_dim", "variant"), SETTINGS], ids=lambda n: str(len(n))
)
def test_guidance_is_read_back(names):
    wishes = Guidance(frozenset(names), frozenset(names), "Find 4 & 9 <b>")
    text = write_names(wishes.locked)
    assert read_guidance(text, text, wishes.task) == (wishes, ())


def test_all_is_written_short():
    assert write_names(frozenset(SETTINGS)) == ALL


def test_unknown_names_are_left_out_and_said_once():
    guidance, said = read_guidance("latent_dim,volume,<b>,x" + ",y" * 5000, "", "")
    assert guidance.locked == {"latent_dim"}
    assert len(said) == 1
    assert "volume" in str(said[0])
    assert len(str(said[0])) < 200


def test_long_task_is_cut_and_said():
    guidance, said = read_guidance("", "", "word " * 2000)
    assert len(guidance.task) <= LONGEST_TASK
    assert guidance.task.endswith("…")
    assert len(said) == 1


def test_task_is_one_line_of_printable_text():
    guidance, said = read_guidance("", "", "one\ntwo\x00\x1b[31m\tthree\u202efour")
    assert guidance.task == "one two [31m three four"
    assert said == ()
    assert not read_guidance("", "", " \n ")[0]
