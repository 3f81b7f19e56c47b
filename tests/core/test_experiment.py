"""Experiments: limits, rules, and the ways they travel."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
import torch

from aecore.data import datasets
from aecore.errors import ExperimentError
from aecore.parts.codes import CODES
from aecore.parts.losses import LOSSES
from aecore.parts.penalties import PENALTIES
from aecore.spec import variants
from aecore.spec.experiment import DEFAULTS, RULES, SPECS, Experiment, parse_fields, spec_of
from aecore.spec.fields import Choice, Classes, Number, Switch, Widths
from aecore.spec.variants import VARIANTS

NUMBERS = [name for name, spec in SPECS.items() if isinstance(spec, Number)]
CHOICES = [name for name, spec in SPECS.items() if isinstance(spec, Choice)]
WHOLE = [name for name in NUMBERS if SPECS[name].whole]


def refusal(**fields):
    with pytest.raises(ExperimentError) as caught:
        Experiment(**fields)
    return str(caught.value)


# ---- limits of each field


def test_every_field_but_the_variant_is_declared():
    assert set(DEFAULTS) - set(SPECS) == {"variant"}


@pytest.mark.parametrize("name", SPECS)
def test_field_explains_itself(name):
    spec = SPECS[name]
    assert spec.title
    assert spec.help.endswith(".")
    assert spec.part in ["data", "network", "code", "corruption", "penalty", "stop", "training"]


@pytest.mark.parametrize("name", SPECS)
def test_condition_names_real_values_of_a_real_field(name):
    if SPECS[name].when is not None:
        field, values = SPECS[name].when
        assert set(values) < set(SPECS[field].choices)


@pytest.mark.parametrize("name", NUMBERS)
def test_limits_are_allowed(name):
    spec = SPECS[name]
    for limit in (spec.low, spec.high):
        assert getattr(Experiment(**{name: limit}), name) == limit


@pytest.mark.parametrize("side", ["low", "high"])
@pytest.mark.parametrize("name", NUMBERS)
def test_number_outside_its_limits_is_refused_with_name_limits_and_value(name, side):
    spec = SPECS[name]
    step = 1 if spec.whole else 1e-7
    value = spec.low - step if side == "low" else spec.high + step
    said = refusal(**{name: value})
    assert name in said
    assert f"from {spec.low:g} to {spec.high:.15g}" in said
    assert repr(value) in said


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), True, None, [1], "x", "", "nan", b"1"], ids=repr
)
@pytest.mark.parametrize("name", NUMBERS)
def test_number_of_another_kind_is_refused(name, value):
    assert name in refusal(**{name: value})


def test_number_too_long_for_a_float_is_refused():
    assert "epochs" in refusal(epochs=10**400)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_number_takes_no_fraction(name):
    said = refusal(**{name: SPECS[name].low + 0.5})
    assert f"{name} must be a whole number" in said


@pytest.mark.parametrize("name", WHOLE)
def test_whole_number_is_an_int_however_it_came(name):
    value = SPECS[name].low + 1
    for written in (value, float(value), str(value)):
        found = getattr(Experiment(**{name: written}), name)
        assert type(found) is int
        assert found == value


@pytest.mark.parametrize("value", ["nope", "", 3, None, ["mse"], float("nan")], ids=repr)
@pytest.mark.parametrize("name", CHOICES)
def test_choice_outside_its_choices_is_refused_with_name_choices_and_value(name, value):
    said = refusal(**{name: value})
    assert name in said
    assert ", ".join(SPECS[name].choices) in said
    assert repr(value) in said


@pytest.mark.parametrize(
    "value",
    [
        *("-5", "128,-5", "a", 5, None, {"a": 1}),
        *((0,), (2049,), (-5,), (1,) * 7, (1.5,), (True,), (None,)),
        *((float("nan"),), (float("inf"),)),
    ],
    ids=repr,
)
def test_widths_outside_their_limits_are_refused_with_name_limits_and_value(value):
    said = refusal(hidden=value)
    assert "hidden must be at most 6 whole numbers from 1 to 2048" in said
    assert repr(value) in said


@pytest.mark.parametrize(
    ("text", "widths"),
    [("", ()), ("128", (128,)), ("128,64", (128, 64)), (" 128 - 64 ", (128, 64))],
)
def test_widths_are_read_from_text(text, widths):
    assert Experiment(hidden=text).hidden == widths


def test_clamp_gives_the_nearest_allowed_value():
    spec = SPECS["latent_dim"]
    assert [spec.clamp(v) for v in (-3, 2.4, 9999)] == [1, 2, 1024]
    assert SPECS["beta"].clamp(-0.5) == 0.0


def test_datasets_to_choose_are_those_that_can_be_loaded():
    assert list(SPECS["dataset"].choices) == list(datasets.DATASETS)


# ---- rules between fields

BROKEN = (
    {"code": "gaussian", "code_activation": "relu"},
    {"code": "top_k", "k": 9, "latent_dim": 8},
    {"code": "vq", "vector_size": 4, "latent_dim": 30},
    {"recon_loss": "bce", "output": "identity"},
    {"penalty": "kl_sparsity", "code_activation": "tanh"},
    {"penalty": "kl_sparsity", "code_activation": "sigmoid", "code": "top_k", "k": 2},
    {"penalty": "contractive", "code": "vq"},
    {"hidden": (), "schedule": "layer_by_layer", "network": "dense"},
    {"schedule": "layer_by_layer", "code": "gaussian"},
    {"schedule": "layer_by_layer", "condition": "label"},
    {"network": "conv", "hidden": (8, 8, 8, 8)},
    {"network": "conv", "hidden": (8, 257)},
    {"network": "conv", "hidden": (8,), "dataset": "breast-cancer"},
    {"corruption": "block", "dataset": "shuttle"},
    {"recon_loss": "ssim", "dataset": "water-flow"},
    {"condition": "label", "dataset": "water-flow"},
)
ALL_RULES = [
    *(rule for kind in CODES.values() for rule in kind.rules),
    *(rule for loss in LOSSES.values() for rule in loss.rules),
    *(rule for penalty in PENALTIES.values() for rule in penalty.rules),
    *RULES,
]


@pytest.mark.parametrize(("fields", "rule"), list(zip(BROKEN, ALL_RULES, strict=True)))
def test_rule_refuses_and_says_what_was_received(fields, rule):
    with pytest.raises(ExperimentError) as caught:
        Experiment(**fields)
    assert caught.value.sentence.template == rule[1]
    last = SPECS[list(fields)[-1]].format(list(fields.values())[-1])
    assert last in str(caught.value) or fields["code"] in str(caught.value)


def test_rule_refuses_conv_without_layers():
    assert "hidden must have 1 to 3 layers, but was -" in refusal(network="conv", hidden=())


def test_rule_holds_only_where_its_field_matters():
    assert Experiment(k=512, latent_dim=2).k == 512  # no top-k code
    assert Experiment(hidden=(8,) * 4).hidden == (8,) * 4  # not convolutional


# ---- one frozen value


def test_experiment_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Experiment().latent_dim = 3


def test_replace_checks_like_a_new_one():
    with pytest.raises(ExperimentError, match="latent_dim"):
        Experiment().replace(latent_dim=0)


@pytest.mark.parametrize(
    ("wrong", "nearest"), [("latent_dims", "latent_dim"), ("learningrate", "learning_rate")]
)
def test_unknown_field_names_the_nearest(wrong, nearest):
    for ask in (spec_of, lambda name: Experiment().replace(**{name: 1})):
        with pytest.raises(ExperimentError, match=f"'{wrong}'; did you mean {nearest}"):
            ask(wrong)


def test_unknown_field_like_none_lists_all():
    with pytest.raises(ExperimentError) as caught:
        parse_fields({"qqqqq": "1"})
    assert ", ".join(SPECS) in str(caught.value)


@pytest.mark.parametrize("value", [0, 1, None, "yes", "", "truetrue", (True,), 1.0])
def test_switch_takes_nothing_but_true_and_false(value):
    assert refusal(tied=value) == f"tied must be true or false, but was {value!r}."


@pytest.mark.parametrize("text", ["true", " True ", "TRUE"])
def test_switch_reads_its_words(text):
    assert Experiment(tied=text).tied is True
    assert parse_fields({"tied": "false"}) == {"tied": False}


# ---- links and JSON


def others(name, value):
    """Other values that the field may have."""
    spec = SPECS[name]
    if isinstance(spec, Choice):
        return [choice for choice in spec.choices if choice != value]
    if isinstance(spec, Switch):
        return [not value]
    if isinstance(spec, Classes):
        return [c for c in ((), (3,), (0, 9)) if c != value]
    if isinstance(spec, Widths):
        return [w for w in ((7,), (31, 5)) if w != value]
    third = spec.low + (spec.high - spec.low) / 3
    return [v for v in (spec.low, spec.high, spec.clamp(third)) if v != value]


def neighbours(base):
    """Every legal experiment that has one field other than `base`."""
    for name in SPECS:
        for value in others(name, getattr(base, name)):
            try:
                yield name, base.replace(**{name: value})
            except ExperimentError:
                continue


@pytest.mark.parametrize("key", VARIANTS)
def test_link_carries_the_whole_experiment(key):
    base = VARIANTS[key].experiment
    changed = set()
    for name, experiment in neighbours(base):
        again = variants.build(key, experiment.differences(base))
        assert again.canonical() == experiment.canonical()
        changed.add(name)
    assert changed >= set(SPECS) - {
        *("code", "code_activation", "condition", "network", "output", "schedule")
    }


@pytest.mark.parametrize("key", VARIANTS)
def test_link_carries_two_changes_at_once(key):
    base = VARIANTS[key].experiment
    for _, first in list(neighbours(base))[::3]:
        for _, second in list(neighbours(first))[::5]:
            again = variants.build(key, second.differences(base))
            assert again.canonical() == second.canonical()


def test_link_is_empty_without_changes_and_short_with_one():
    base = VARIANTS["vae"].experiment
    assert base.differences(base) == {}
    assert base.replace(beta=4).differences(base) == {"beta": "4"}
    assert base.replace(hidden=(9, 3)).differences(base) == {"hidden": "9,3"}


def test_link_leaves_out_what_has_no_effect():
    assert Experiment(beta=7, k=3).differences(Experiment()) == {}


@pytest.mark.parametrize("value", [1 / 3, 0.1 + 0.2, 1e-6, 2e-5 / 3])
def test_number_in_a_link_is_exact(value):
    link = Experiment(learning_rate=value).differences(Experiment())
    assert Experiment(**parse_fields(link)).learning_rate == value


@pytest.mark.parametrize("key", VARIANTS)
def test_json_carries_every_field(key):
    for _, experiment in neighbours(VARIANTS[key].experiment):
        assert Experiment.from_json(experiment.to_json()) == experiment


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '{"latent_dim": 0}', '{"latentdim": 2}', '{"beta": NaN}'],
)
def test_json_that_is_no_experiment_is_refused(text):
    with pytest.raises(ExperimentError):
        Experiment.from_json(text)


# ---- which changes need a new run


def test_live_fields_are_those_a_training_can_take():
    live = {name for name, spec in SPECS.items() if spec.live}
    assert live == {"learning_rate", "epochs", "target_mse", "max_seconds", "patience"}


@pytest.mark.parametrize("key", VARIANTS)
def test_same_run_ignores_only_live_fields_and_those_without_effect(key):
    base = VARIANTS[key].experiment
    for name, experiment in neighbours(base):
        harmless = SPECS[name].live or not base.matters(name)
        assert experiment.same_run(base) is harmless, name
        assert base.same_run(experiment) is harmless, name


def test_same_run_tells_variants_apart():
    assert not Experiment().same_run(Experiment(variant="deep"))


# ---- pages are drawn before torch is loaded


def test_menus_and_clients_import_no_torch():
    modules = [
        "spec.experiment",
        "spec.variants",
        "spec.presets",
        "spec.view",
        "engine.host",
        "engine.client",
    ]
    lines = ["import sys", "found = []"]
    for name in modules:
        lines += [f"import aecore.{name}", f"found += ['{name}'] * ('torch' in sys.modules)"]
    lines += ["print(found)"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# ---- numbers of other libraries

KINDS = {
    "numpy": lambda number: np.asarray(number)[()],
    "numpy, small": lambda number: (np.int32 if isinstance(number, int) else np.float32)(number),
    "numpy, no axes": np.asarray,
    "torch": torch.tensor,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NUMBERS)
def test_number_of_another_library_is_that_number(name, kind):
    spec = SPECS[name]
    number = spec.clamp(2 if spec.whole else 0.25)
    checked = spec.check(name, KINDS[kind](number))
    assert (checked, type(checked)) == (number, type(number))


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [True, np.True_, np.array(True), torch.tensor(True)], ids=repr)
def test_truth_is_no_number(name, value):
    with pytest.raises(ExperimentError, match="number"):
        SPECS[name].check(name, value)


@pytest.mark.parametrize("value", [np.array([8]), np.array([8, 9]), np.array("x"), np.nan, 1j])
def test_what_is_no_single_number_is_refused(value):
    assert "from 1 to 1024" in refusal(latent_dim=value)


def test_rows_of_another_library_are_tuples_of_numbers():
    for row in ([np.int64(64), 32], np.array([64, 32]), torch.tensor([64, 32])):
        experiment = Experiment(hidden=row, classes=np.array([5, 3]))
        assert (experiment.hidden, experiment.classes) == ((64, 32), (3, 5))
        assert {type(n) for n in experiment.hidden + experiment.classes} == {int}
    for row in (np.array([64.5]), np.array([True]), [np.True_], np.array([[64]])):
        assert "hidden" in refusal(hidden=row)


def test_experiment_of_numpys_values_is_the_same_and_travels():
    given = variants.build(
        "vanilla", latent_dim=np.int64(8), learning_rate=np.float64(0.01), optimizer=np.str_("sgd")
    )
    assert given == variants.build("vanilla", latent_dim=8, learning_rate=0.01, optimizer="sgd")
    assert Experiment.from_json(given.to_json()) == given
    assert type(given.optimizer) is str
