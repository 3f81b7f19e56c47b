"""Classifiers from pretrained encoders: fair draws, untouched models, honest spreads; gradients."""

import copy
import dataclasses
import json
import statistics

import numpy as np
import pytest
import torch
from torch import Generator

from aecore.data import datasets
from aecore.errors import ExperimentError, LabError
from aecore.files import pretrained
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.topics.pretraining import ask as questions
from aecore.topics.pretraining import classifier, gradients
from aecore.topics.pretraining import figures as figures
from aecore.topics.pretraining import measure as results
from aecore.topics.pretraining.measure import FINE_TUNED, FROZEN, RANDOM, STARTS, Outcome
from aecore.training.subject import Subject


@pytest.fixture
def quick(monkeypatch):
    """Few updates, enough for logic."""
    monkeypatch.setattr(classifier, "UPDATES", 30)
    monkeypatch.setattr(classifier, "EPOCHS", 1)


def last(model, dataset, **how):
    return list(classifier.train_classifier(model, dataset, **how))[-1]


def weights(model):
    return {name: w.clone() for name, w in model.state_dict().items()}


# ---- labels


@pytest.mark.parametrize("n", [10, 100, 300, 3000])
def test_labels_are_drawn_in_equal_shares(n, digits):
    chosen = classifier.draw_labels(digits.y_train, n, Generator().manual_seed(0))
    counts = np.bincount(digits.y_train[chosen].numpy(), minlength=10)
    assert len(set(chosen.tolist())) == n
    assert np.ptp(counts) <= 1


def test_more_labels_include_the_fewer_and_seeds_draw_others(digits):
    draw = lambda n, seed: set(  # noqa: E731
        classifier.draw_labels(digits.y_train, n, Generator().manual_seed(seed)).tolist()
    )
    assert draw(30, 1) < draw(100, 1)
    assert draw(100, 1) == draw(100, 1)
    assert len(draw(100, 1) & draw(100, 2)) < 20


def test_fewer_labels_than_classes_are_of_different_classes(digits):
    chosen = classifier.draw_labels(digits.y_train, 3, Generator().manual_seed(0))
    assert len(digits.y_train[chosen].unique()) == 3


# ---- training


def test_pretrained_model_is_never_changed(digits, quick):
    model = pretrained.load("vanilla-2")
    before = weights(model)
    for start in STARTS:
        last(model, digits, n_labels=20, seed=0, start=start)
    for name, w in model.state_dict().items():
        assert torch.equal(w, before[name])
    assert all(p.requires_grad and p.grad is None for p in model.parameters())


@pytest.mark.parametrize("start", STARTS)
def test_only_the_frozen_encoder_keeps_its_weights(start, digits, quick, monkeypatch):
    made = []
    build = classifier._classifier

    def spy(*arguments):
        made.append(build(*arguments))
        return made[-1]

    monkeypatch.setattr(classifier, "_classifier", spy)
    steps = classifier.train_classifier(
        pretrained.load("vanilla-2"), digits, n_labels=20, seed=0, start=start
    )
    next(steps)  # after 25 updates
    encoder = made[0].autoencoder.encoder
    original = pretrained.load("vanilla-2").encoder
    starts = [
        torch.equal(a, b) for a, b in zip(encoder.parameters(), original.parameters(), strict=True)
    ]
    assert all(starts) == (start == FROZEN)


def test_random_start_takes_nothing_from_the_pretrained_weights(tiny, quick):
    model = pretrained.load("vanilla-2")
    other = Autoencoder(model.experiment.replace(seed=5))
    found = [last(m, tiny, n_labels=20, seed=3, start=RANDOM) for m in (model, other)]
    assert found[0] == found[1]


def test_same_seed_gives_the_same_accuracy(digits, quick):
    model = pretrained.load("vae-2")
    first, again, other = (
        last(model, digits, n_labels=50, seed=seed, start=FINE_TUNED) for seed in (0, 0, 1)
    )
    assert first == again
    assert other.loss != first.loss


def test_classifier_learns_real_labels_and_nothing_from_shuffled_ones(digits):
    model = pretrained.load("vae-16")
    shuffled = dataclasses.replace(
        digits,
        y_train=digits.y_train[torch.randperm(3500, generator=Generator().manual_seed(0))],
    )
    right = last(model, digits, n_labels=300, seed=0, start=FROZEN).accuracy
    wrong = last(model, shuffled, n_labels=300, seed=0, start=FROZEN).accuracy
    assert right > 0.75
    assert 0.03 < wrong < 0.2


@pytest.mark.parametrize("variant", list(variants.VARIANTS))
@pytest.mark.parametrize("start", [FROZEN, FINE_TUNED])
def test_every_variant_can_be_a_start(variant, start, tiny, quick):
    model = Autoencoder(variants.build(variant, dataset="mnist-5k")).eval()
    progress = last(model, tiny, n_labels=20, seed=0, start=start)
    assert progress.update == progress.updates == 30
    assert np.isfinite(progress.loss)
    assert 0 <= progress.accuracy <= 1


def test_fine_tuning_reaches_the_encoder_through_a_codebook(tiny):
    own = Autoencoder(variants.build("vector-quantised", dataset="mnist-5k"))
    network = classifier.Classifier(own, Generator().manual_seed(0), 10)
    network(tiny.x_train).sum().backward()
    assert own.encoder[0].weight.grad.abs().sum() > 0


def test_many_labels_are_seen_five_times():
    assert max(classifier.UPDATES, classifier.EPOCHS * -(-60_000 // classifier.BATCH)) == 4690


# ---- degenerate choices


@pytest.mark.parametrize(
    ("n", "words"), [(1, "single label"), (0, "single label"), (61, "at most 60")]
)
def test_impossible_numbers_of_labels_are_said(n, words, tiny):
    with pytest.raises(ExperimentError, match=words):
        last(pretrained.load("vanilla-2"), tiny, n_labels=n, seed=0)


def test_labels_of_one_class_are_said(digits):
    threes = classifier.with_classes(digits, [3])
    with pytest.raises(ExperimentError, match="only one class"):
        last(pretrained.load("vanilla-2"), threes, n_labels=10, seed=0)


def test_diverged_model_and_unknown_start_are_said(tiny):
    broken = copy.deepcopy(pretrained.load("vanilla-2"))
    broken.encoder[0].weight.data.fill_(float("nan"))
    with pytest.raises(LabError, match="diverged"):
        last(broken, tiny, n_labels=10, seed=0)
    with pytest.raises(ExperimentError, match="random, frozen, fine_tuned"):
        last(pretrained.load("vanilla-2"), tiny, n_labels=10, seed=0, start="lucky")


def test_two_classes_are_told_apart_among_their_own_pictures(digits):
    both = classifier.with_classes(digits, [0, 1])
    assert set(both.y_test.tolist()) == {0, 1}
    found = last(pretrained.load("vae-16"), both, n_labels=30, seed=0, start=FROZEN)
    assert found.accuracy > 0.9


# ---- results


def test_spread_and_gain_are_paired_by_seed():
    accuracies = {RANDOM: (0.7, 0.8, 0.6), FROZEN: (0.75, 0.84, 0.66)}
    outcomes = [
        Outcome(100, seed, start, value)
        for start, values in accuracies.items()
        for seed, value in enumerate(values)
    ]
    (summary,) = results.summarise([*reversed(outcomes), Outcome(100, 3, RANDOM, 0.1)])
    assert summary.seeds == (0, 1, 2)
    assert summary.starts[RANDOM].spread == pytest.approx(np.std(accuracies[RANDOM], ddof=1))
    assert summary.gain(FROZEN).mean == pytest.approx(0.05)
    assert summary.gain(FROZEN).spread == pytest.approx(0.01)
    assert results.Accuracies((0.5,)).spread is None


def test_shipped_results_are_what_the_commands_print():
    shipped = results.summarise(results.outcomes_of(results.shipped("vae-16")))
    assert [s.n_labels for s in shipped] == sorted(s.n_labels for s in shipped)
    hundred = next(s for s in shipped if s.n_labels == 100)
    line = next(r for r in results.shipped("vae-16") if r["labels"] == 100)
    assert len(hundred.seeds) == 10
    assert hundred.starts[FINE_TUNED].mean == pytest.approx(line["fine_tuned_accuracy"])
    assert hundred.gain(FINE_TUNED).mean == pytest.approx(line["fine_tuned_gain"])
    assert {r["activation"] for r in results.shipped("gradients")} == {"sigmoid", "relu"}
    assert results.shipped("no-such-model") == ()


def test_question_trains_what_was_taken(tiny, quick):
    taken = questions.take(Subject(pretrained.load("vanilla-2"), tiny))
    items = list(questions.classifiers(taken, "mnist-5k", (10, 20), 2, (RANDOM, FROZEN), ()))
    outcomes = [item for item in items if isinstance(item, Outcome)]
    assert len(outcomes) == 2 * 2 * 2
    direct = last(
        pretrained.load("vanilla-2"), datasets.load("mnist-5k"), n_labels=20, seed=1, start=FROZEN
    )
    assert outcomes[-1] == Outcome(20, 1, FROZEN, direct.accuracy)


def test_chart_shows_percent_with_the_spread_as_bars():
    outcomes = [Outcome(n, s, RANDOM, 0.5 + 0.1 * s) for n in (10, 100) for s in (0, 1)]
    figure = figures.accuracy_against_labels(results.summarise(outcomes), names={RANDOM: "r"})
    assert [right for _n, right in figure.data[1].customdata] == pytest.approx([55, 55])
    assert list(figure.data[1].y) == pytest.approx([45, 45])  # errors, on an axis upside down
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert list(figure.data[1].error_y.array) == pytest.approx(
        [100 * statistics.stdev([0.5, 0.6])] * 2
    )
    assert [a.text for a in figure.layout.annotations] == ["r"]
    assert figures.accuracy_against_labels((), names={}).data == ()


# ---- gradients


def test_gradients_are_those_of_autograd(tiny):
    model = Autoencoder(gradients.deep_stack(2, "relu"))
    model.losses(model(tiny.x_train), tiny.x_train)["total_loss"].backward()
    expected = [
        m.weight.grad.norm().item()
        for m in [*model.encoder, *model.decoder]
        if isinstance(m, torch.nn.Linear)
    ]
    model.zero_grad(set_to_none=True)
    found = gradients.layer_gradients(model, tiny.x_train)
    assert found == pytest.approx(expected)
    assert len(found) == 6
    assert all(p.grad is None for p in model.parameters())


def test_gradient_vanishes_in_a_deep_sigmoid_stack_but_not_with_relu(digits):
    subject = Subject(pretrained.load("vanilla-2"), digits)
    found = questions.first_gradients(subject, 5, ("sigmoid", "relu"))
    ratio = {name: norms[-1] / norms[0] for name, norms in found.items()}
    assert ratio["sigmoid"] > 1e5
    assert ratio["relu"] < 100


def test_stack_is_measured_before_it_trains_and_after_its_layers(tiny, monkeypatch):
    monkeypatch.setattr(gradients, "EPOCHS", 5)
    monkeypatch.setattr(gradients, "LAYER_EPOCHS", 1)
    points = list(gradients.with_and_without(2, "sigmoid", tiny))
    assert [(p.schedule, p.epoch) for p in points if p.gradients] == [
        ("end_to_end", 0),
        ("layer_by_layer", 3),
    ]
    assert [p.epoch for p in points] == 2 * [0, 1, 2, 3, 4, 5]


# ---- background work


def test_classifiers_come_one_by_one_and_say_how_far_they_are(tiny, quick, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda *args: tiny)
    taken = questions.take(Subject(pretrained.load("vanilla-2"), tiny))
    found = list(questions.classifier_steps(taken, "mnist-5k", (10, 20), 2, (RANDOM,), ()))
    shares = [step.share for step in found]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    outcomes = [step.found for step in found if step.found is not None]
    assert {(o.n_labels, o.seed) for o in outcomes} == {(10, 0), (10, 1), (20, 0), (20, 1)}
    assert len(outcomes) == 4
    assert len(found) > len(outcomes)


# ---- commands


def test_command_prints_accuracies_spreads_and_gains(aecore, quick):
    how = ("pretrain-classifier", "vae-2", "--labels", "20", "--seeds", "2")
    code, out, _err = aecore(*how, "--dataset", "mnist-5k", "--json")
    found = json.loads(out.splitlines()[-1])
    assert code == 0
    assert (found["labels"], found["seeds"], found["dataset"]) == (20, 2, "mnist-5k")
    for start in STARTS:
        values = found[f"{start}_accuracies"]
        assert found[f"{start}_accuracy"] == pytest.approx(np.mean(values))
        assert found[f"{start}_spread"] == pytest.approx(np.std(values, ddof=1))
    gain = np.subtract(found["fine_tuned_accuracies"], found["random_accuracies"])
    assert found["fine_tuned_gain"] == pytest.approx(gain.mean())
    assert found["fine_tuned_gain_spread"] == pytest.approx(gain.std(ddof=1))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--labels", "1"), "single label"),
        (("--labels", "many"), "whole number"),
        (("--labels", "3501", "--dataset", "mnist-5k"), "at most 3,500"),
        (("--seeds", "1"), "more than one"),
        (("--classes", "7"), "only one class"),
    ],
)
def test_command_says_what_is_wrong(arguments, words, aecore):
    code, out, err = aecore("pretrain-classifier", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_gradients_command(aecore, monkeypatch):
    monkeypatch.setattr(gradients, "EPOCHS", 3)
    monkeypatch.setattr(gradients, "LAYER_EPOCHS", 1)
    code, out, _err = aecore("gradients", "--depth", "1", "--json")
    found = json.loads(out.splitlines()[-1])
    assert code == 0
    assert len(found["layer_by_layer_gradients"]) == found["layers"] == 4
    assert len(found["end_to_end_val_mse"]) == 4
    assert aecore("gradients", "--depth", "9")[0] == 2
