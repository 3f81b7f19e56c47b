"""Several models next to each other: the table, its file, the chart, the scores."""

import csv
import io

import numpy as np
import plotly.graph_objects as go
import pytest

from aecore.figures import end_labels
from aecore.figures.end_labels import spread
from aecore.figures.style import enlarged
from aecore.files import pretrained
from aecore.files.runs_table import RESULTS, Model, settings, to_csv
from aecore.spec import variants
from aecore.spec.experiment import SPECS
from aecore.topics.compare import ask as compare
from aecore.topics.compare.figures import Curve, error_curves
from aecore.training.subject import Subject


def model(name="one", variant="vanilla", test_mse=0.01, **changes):
    experiment = variants.build(variant, **changes)
    return Model(name, experiment, 3, 1.5, 1000, 0.012, test_mse, 0.07, 0.02)


def test_settings_that_differ_come_first_and_are_the_only_ones_marked():
    a = variants.build("vanilla")
    found = settings([a, a.replace(latent_dim=8, learning_rate=0.01)])
    assert [s.name for s in found if s.differs] == ["latent_dim", "learning_rate"]
    assert [s.differs for s in found] == sorted((s.differs for s in found), reverse=True)
    assert found[0].texts == ("32", "8")


def test_setting_without_effect_is_none_and_absent_where_nobody_has_it():
    found = {s.name: s for s in settings([variants.build("vanilla"), variants.build("vae")])}
    assert found["beta"].texts[0] is None
    assert found["beta"].differs
    assert "k" not in found


def test_same_experiments_differ_nowhere():
    a = variants.build("sparse")
    assert not any(s.differs for s in settings([a, a, a]))


def test_csv_has_a_line_per_model_with_results_and_all_settings():
    table = [model(), model('two, "quoted"', "vae", latent_dim=5)]
    rows = list(csv.DictReader(io.StringIO(to_csv(table))))
    assert [row["name"] for row in rows] == ["one", 'two, "quoted"']
    assert list(rows[0]) == ["name", *RESULTS, "variant", *SPECS]
    assert (rows[1]["variant"], rows[1]["latent_dim"], rows[0]["hidden"]) == ("vae", "5", "128,64")
    assert float(rows[0]["test_mse"]) == 0.01
    assert rows[0]["beta"] == ""


def test_csv_leaves_the_error_of_a_diverged_run_empty():
    rows = list(csv.DictReader(io.StringIO(to_csv([model(test_mse=float("nan"))]))))
    assert rows[0]["test_mse"] == ""


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_csv_holds_no_formula(name):
    assert next(csv.DictReader(io.StringIO(to_csv([model(name)]))))["name"] == f"'{name}"


def test_chart_names_every_model_and_draws_a_point_for_one_without_history():
    curves = [
        Curve("run", [0, 1, 2, 3], [0.07, 0.03, float("nan"), 0.02]),
        Curve("<b>known</b> at its end", [30], [0.01]),
        Curve("nothing yet", [], []),
    ]
    figure = error_curves(curves, 0.067, mean_name="mean", axis="MSE")
    names = [label["text"] for label in figure["layout"]["annotations"]]
    assert names == ["mean", "run", "&lt;b&gt;known&lt;/b&gt; at its end"]
    drawn = [np.asarray(trace["y"]) for trace in figure["data"]]
    assert all(np.isfinite(y).all() for y in drawn)
    low, high = figure["layout"]["yaxis"]["range"]
    assert all((np.log10(y) >= low).all() and (np.log10(y) <= high).all() for y in drawn)


def test_curves_differ_by_more_than_colour():
    curves = [Curve(str(i), [0, 1, 2], [0.05, 0.04, 0.03]) for i in range(6)]
    figure = error_curves(curves, 0.067, mean_name="mean", axis="MSE")
    thick = [t["line"]["dash"] for t in figure["data"] if t["line"]["width"] == 2.5]
    assert len(set(thick)) == 6


def test_labels_never_overlap_nor_leave_the_chart_nor_change_their_order():
    random = np.random.default_rng(0)
    for _ in range(50):
        places = random.uniform(0, 1, 7) ** 3
        moved = spread(places, 0.085)
        assert (np.argsort(moved) == np.argsort(places)).all()
        assert (np.diff(np.sort(moved)) >= 0.085 - 1e-9).all()
        assert moved.max() <= 1
    assert spread(np.array([0.1, 0.5]), 0.085).tolist() == [0.1, 0.5]


def test_names_get_the_room_that_they_need_and_no_more():
    short, long, korean = (end_labels.width([name]) for name in ("vae", "variational", "변분 모델"))
    assert short < korean < long
    assert end_labels.width(["vae", "variational"]) == long
    assert end_labels.width(["v" * 99]) == end_labels.width(["v" * (end_labels.LONGEST)])
    assert end_labels.width([]) < short


@pytest.mark.parametrize(
    "names",
    [
        ["My Vanilla 32 · learning rate 0.01", "My Vanilla 32 · learning rate 0.02", "PCA"],
        [
            "My Vanilla 32 · seed 3 · learning rate 0.01",
            "My Vanilla 32 · seed 4 · learning rate 0.01",
        ],
        ["a" * 40 + " · seed 3", "b" * 40 + " · seed 3", "mean picture"],
        [f"{'x' * 20}{letter}{'y' * 30}" for letter in "abcdef"],
    ],
)
def test_long_names_are_cut_where_they_do_not_differ(names):
    cut = end_labels.short(names)
    assert max(map(len, cut)) <= end_labels.LONGEST
    assert len(set(cut)) == len(names)
    assert end_labels.short(["short", "short"]) == ["short", "short"]


def test_large_type_enlarges_letters_and_margins_but_no_data():
    figure = error_curves([Curve("a", [0, 1], [0.05, 0.04])], 0.067, mean_name="mean", axis="MSE")
    larger = enlarged(figure, 2)
    assert larger["layout"]["font"]["size"] == 2 * figure["layout"]["font"]["size"]
    assert larger["layout"]["margin"]["l"] == 2 * figure["layout"]["margin"]["l"]
    assert larger["layout"]["annotations"][0]["font"]["size"] == 24
    assert figure["layout"]["annotations"][0]["font"]["size"] == 12
    assert larger["data"] == figure["data"]


def test_scores_are_those_of_the_card_and_lie_between_the_baselines(digits):
    found = compare.scores(Subject(pretrained.load("vanilla-32"), digits), False)
    assert found.model == pytest.approx(pretrained.card("vanilla-32")["test_mse_bundled"], rel=1e-3)
    assert found.model < found.pca < found.mean
    assert found.n_test == 1000


def test_scores_on_the_bundled_digits_do_not_depend_on_the_models_own_data(digits, tiny):
    loaded = pretrained.load("vanilla-2")
    assert compare.scores(Subject(loaded, tiny), True) == compare.scores(
        Subject(loaded, digits), False
    )


def test_curves_without_a_common_mean_have_no_line_for_it():
    curves = [Curve("a", [0, 1], [0.05, 0.04])]
    figure = go.Figure(error_curves(curves, None, mean_name="", axis="MSE per number"))
    assert {trace.name for trace in figure.data} == {"a"}
    assert figure.layout.yaxis.title.text == "MSE per number"
    nothing = error_curves([Curve("a", [0], [float("nan")])], None, mean_name="", axis="MSE")
    assert go.Figure(nothing).layout.yaxis.range == (-2, 0)
