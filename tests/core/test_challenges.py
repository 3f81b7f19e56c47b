"""Challenges: what a prediction is checked against, and the file that progress is kept in."""

import dataclasses
import json
import re

import numpy as np
import pytest
import torch

from aecore.analysis.intervals import Interval
from aecore.errors import LabError, Sentence, StoreError
from aecore.files import pretrained
from aecore.model.autoencoder import Output
from aecore.parts.codes import Code
from aecore.parts.codes.gaussian import kl_to_unit_gaussian
from aecore.spec import variants
from aecore.spec.anatomy import anatomy
from aecore.spec.view import History, RunView
from aecore.topics import observing as _observing
from aecore.topics import progress
from aecore.topics.challenges import BY_PAGE, CHALLENGES, Choose, Observed, Quiz, Reach
from aecore.topics.denoising import ask as denoising
from aecore.topics.pretraining.measure import FINE_TUNED, outcomes_of, shipped, summarise
from aecore.topics.reconstructions import ask as reconstruction
from aecore.topics.train.challenges import collapse, smallest_code
from aecore.training.diagnosis import _collapsed
from aecore.training.subject import Subject
from ui.kit.language import LANGUAGES, catalogue
from ui.kit.page_list import PAGES

CHOICES = [c for c in CHALLENGES.values() if isinstance(c, Choose)]
QUIZZES = [c for c in CHALLENGES.values() if isinstance(c, Quiz)]

PAGES_WITH = [
    "train",
    "reconstructions",
    "latent_space",
    "denoising",
    "sparsity",
    "ae_vs_pca",
    "generate",
    "anomaly",
    "compression",
    "features",
    "super_resolution",
    "pretraining",
    "variants",
]


def page_of(challenge) -> str:
    return next(page for page, found in BY_PAGE.items() if challenge in found)


@pytest.fixture
def example(digits):
    def subject(page: str) -> Subject:
        return Subject(pretrained.load(PAGES[page].example), digits)

    return subject


def test_every_page_has_two_or_three():
    assert sorted(BY_PAGE) == sorted(PAGES_WITH)
    assert all(2 <= len(found) <= 3 for found in BY_PAGE.values())


def test_keys_are_unique_and_name_their_page():
    assert len(CHALLENGES) == sum(map(len, BY_PAGE.values()))
    for page, found in BY_PAGE.items():
        assert all(c.key.startswith(f"{page}-") for c in found)


@pytest.mark.parametrize("quiz", QUIZZES, ids=lambda c: c.key)
def test_quiz_has_one_right_answer_and_explains_each(quiz):
    assert 3 <= len(quiz.options) <= 4
    assert set(quiz.why) == set(quiz.options)
    assert len(set(quiz.why.values())) == len(quiz.options)
    verdicts = {option: quiz.check(option) for option in quiz.options}
    assert [option for option, verdict in verdicts.items() if verdict.right] == [quiz.right]
    assert all(v.done == v.right and v.explanation for v in verdicts.values())


@pytest.mark.parametrize("challenge", CHOICES, ids=lambda c: c.key)
def test_prediction_is_checked_against_the_model_on_show(challenge, example):
    observed = challenge.observe(example(page_of(challenge)))
    assert observed.answer in challenge.options
    assert any(letter.isdigit() for letter in str(observed.said))
    for option in challenge.options:
        verdict = challenge.check(option, observed)
        assert verdict.done
        assert verdict.explanation
        assert verdict.right == (option == observed.answer or option in observed.allowed)
    assert len(observed.allowed) < len(challenge.options)  # there is something to predict


def test_a_prediction_that_chance_does_not_rule_out_is_right():
    challenge = CHALLENGES["generate-clear"]
    observed = Observed("some", Sentence("…"), frozenset({"some", "few"}))
    verdicts = {option: challenge.check(option, observed).right for option in challenge.options}
    assert verdicts == {"few": True, "some": True, "most": False}


def test_bands_and_sides_follow_the_interval():
    limits, keys = (0.2, 0.5), ("few", "some", "most")
    assert _observing.bands(Interval(0.3, 0.25, 0.35), limits, keys) == {"some"}
    assert _observing.bands(Interval(0.19, 0.15, 0.23), limits, keys) == {"few", "some"}
    assert _observing.sides(Interval(1, 0.5, 1.5), "up", "down") == ("up", {"up"})
    assert _observing.sides(Interval(-1, -3, 1), "up", "down") == ("down", {"up", "down"})


def test_the_least_error_has_rivals_where_pictures_do_not_decide():
    random = np.random.default_rng(0)
    base = random.random(100)
    errors = {"a": base, "b": base + random.normal(0, 0.01, 100), "c": base + 0.1}
    _best, rivals = _observing.least(errors)
    assert rivals == {"a", "b"}


def test_which_class_errs_more_is_measured_not_remembered(example):
    subject = example("reconstructions")
    found = reconstruction.test_errors(subject)
    challenge = CHALLENGES["reconstructions-one-or-eight"]
    assert challenge.observe(subject).answer == "8"
    # The same pictures with the labels 1 and 8 exchanged: the answer must follow.
    labels = subject.dataset.y_test.clone()
    labels[found.labels == 1], labels[found.labels == 8] = 8, 1
    other = Subject(subject.model, dataclasses.replace(subject.dataset, y_test=labels))
    assert challenge.observe(other).answer == "1"


def test_model_trained_for_noise_beats_filters_where_it_is_heavy(example):
    scores = denoising.benchmark(example("denoising"), "gaussian", (0.4,)).scores[0.4]
    assert min(scores, key=lambda name: scores[name].mse) == denoising.MODEL


def test_model_without_strange_classes_is_told_so(example):
    with pytest.raises(LabError, match="learned all classes"):
        CHALLENGES["anomaly-black"].observe(example("train"))


# ---- goals for runs


def run(size: int, error: float, **changes) -> RunView:
    """A run that has ended with an error."""
    experiment = variants.build("vanilla", latent_dim=size)
    view = {"state": "ended", "ended": "epochs", "step": 100} | changes
    view.setdefault("experiment", experiment)
    return RunView(run_id=f"r{size}", history=History((0,), val_mse=(error,)), **view)


@pytest.mark.parametrize(
    ("runs", "answer"),
    [
        ([], ""),
        ([run(16, 0.03)], ""),
        ([run(16, 0.019)], ""),  # nothing smaller has been tried
        ([run(16, 0.019), run(4, 0.04)], ""),  # less than half its size
        ([run(16, 0.019), run(8, 0.025)], "16"),
        ([run(16, 0.019), run(12, 0.021), run(32, 0.01)], "16"),
        ([run(64, 0.01), run(40, 0.021)], "more"),
        ([run(16, 0.019), run(8, 0.025, state="running", ended=None)], ""),
        ([run(16, 0.019), run(8, 0.9, ended="diverged")], ""),
        ([run(4, 0.01), run(3, 0.03)], "4"),
    ],
)
def test_smallest_code_needs_one_that_makes_it_and_one_that_fails(runs, answer):
    assert smallest_code(runs).answer == answer


def test_runs_on_other_pictures_do_not_count():
    full = variants.build("vanilla", latent_dim=16, dataset="mnist")
    assert smallest_code([run(16, 0.001, experiment=full), run(8, 0.03)]).answer == ""


def vae(collapsed: int, error: float) -> RunView:
    findings = ()
    if collapsed:
        text = Sentence("Posterior collapse in {collapsed}", collapsed=collapsed, units=8)
        findings = (text,)
    experiment = variants.build("vae", latent_dim=8, beta=30.0)
    references = {"mean": 0.067}
    return run(8, error, experiment=experiment, findings=findings, references_mse=references)


@pytest.mark.parametrize(
    ("runs", "answer"),
    [
        ([run(8, 0.03)], ""),
        ([vae(0, 0.03)], ""),
        ([vae(5, 0.05)], ""),
        ([vae(8, 0.068)], "same"),
        ([vae(8, 0.02)], "digits"),
        ([vae(3, 0.03), vae(8, 0.07)], "same"),
    ],
)
def test_collapse_is_read_from_the_diagnosis(runs, answer):
    assert collapse(runs).answer == answer


def test_diagnosis_counts_collapsed_dimensions_under_the_name_that_is_read():
    mu = torch.zeros(4, 8)
    kl = kl_to_unit_gaussian(mu, torch.zeros_like(mu))
    x = torch.zeros(4, 784)
    found = _collapsed(Output(x, x, Code(mu, mu, kl=kl), x))
    assert found is not None
    assert found.finding.params["collapsed"] == 8


def test_goal_gives_nothing_away_before_it_is_met():
    challenge = CHALLENGES["train-smallest-code"]
    assert isinstance(challenge, Reach)
    verdict = challenge.check("16", challenge.observe([]))
    assert (verdict.done, verdict.right, verdict.explanation) == (False, False, "")
    reached = challenge.check("4", Observed("16", Sentence("…")))
    assert (reached.done, reached.right) == (True, False)
    assert reached.explanation


# ---- the progress file


def test_progress_survives_the_file():
    done = {"train-collapse": "right", "generate-clear": "surprised"}
    assert progress.read(progress.write(done).encode(), CHALLENGES) == done
    assert progress.read(progress.write({}).encode(), CHALLENGES) == {}


def file(**values) -> bytes:
    return json.dumps({"kind": progress.KIND, "done": {}} | values).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"[" * 90_000,
        b"null",
        b"[]",
        b"{}",
        file(kind="other"),
        file(more=1),
        file(done=[]),
        file(done={"nonsense": "right"}),
        file(done={"train-collapse": "won"}),
        file(done={"train-collapse": ["right"]}),
        file(done={"train-collapse": {}}),
        file(done={"<b>{0}</b>" * 9_000: "right"}),
        file() + b" " * progress.MOST_BYTES,
    ],
    ids=lambda data: data[:24].decode("latin-1"),
)
def test_foreign_file_is_refused_in_one_sentence(data):
    with pytest.raises(StoreError) as caught:
        progress.read(data, CHALLENGES)
    assert 20 < len(str(caught.value)) < 250


@pytest.mark.parametrize("language", LANGUAGES)
def test_right_answer_of_a_quiz_is_not_known_by_its_length(language):
    words = catalogue("ko") if language == "ko" else {}
    longest = []
    for quiz in QUIZZES:
        of = {key: len(words.get(text, text)) for key, text in quiz.options.items()}
        assert max(of.values()) <= 1.5 * min(of.values()), quiz.key
        longest.append(max(of, key=of.__getitem__) == quiz.right)
    assert sum(longest) <= len(QUIZZES) / 2


def test_options_of_a_quiz_have_an_order_for_each_learner():
    for quiz in QUIZZES:
        orders = [quiz.shuffled(f"learner {n}") for n in range(60)]
        assert all(sorted(order) == sorted(quiz.options) for order in orders)
        assert orders == [quiz.shuffled(f"learner {n}") for n in range(60)]
        firsts = [order[0] for order in orders]
        assert set(firsts) == set(quiz.options)
        assert firsts.count(quiz.right) < 40


def test_share_of_weights_in_dense_layers_is_as_explained():
    said = next(c for c in CHOICES if c.key == "variants-weights").explanation
    layers = anatomy(pretrained.load("convolutional-32").experiment).layers
    dense = [layer.parameters for layer in layers if layer.kind == "dense"]
    assert len(dense) == 2
    share = sum(dense) / sum(layer.parameters for layer in layers)
    assert f"{100 * share:.0f}% of the weights" in said


def test_gain_from_pretraining_is_as_explained():
    """The gain that is said lies within the interval, and "nothing" means one with zero in it."""
    said = next(c for c in QUIZZES if c.key == "pretraining-few-labels").why["few"]
    points, few, many = re.search(r"gains ([\d.]+) .* with (\d+) .* with ([\d,]+)\.", said).groups()
    found = {s.n_labels: s for s in summarise(outcomes_of(shipped("vae-16")))}
    gain = found[int(few)].gain_interval(FINE_TUNED)
    assert 0 < gain.low < float(points) / 100 < gain.high
    assert int(many.replace(",", "")) == max(found)
    nothing = found[max(found)].gain_interval(FINE_TUNED)
    assert nothing.low < 0 < nothing.high
