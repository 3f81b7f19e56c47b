"""The sparsity page with models of every kind of data, in both languages."""

import pytest

from aecore.parts.datasets import DATASETS
from tests.app.kinds import KINDS, trained
from tests.app.test_pages import open_page
from ui.kit.language import LANGUAGES
from ui.sparsity import PARTS, recipes


def text(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.subheader])


@pytest.mark.parametrize(
    ("dataset", "language"), [(key, list(LANGUAGES)[i % 2]) for i, key in enumerate(KINDS)]
)
@pytest.mark.parametrize("part", [part for part in PARTS if part != "methods"])
def test_every_part_opens(dataset, language, part):
    app = open_page("sparsity", lang=language, model=trained(dataset, "sparse"), part=part)
    assert not app.exception
    assert not app.warning
    assert len(app.subheader) == 1


def test_data_without_labels_have_no_class_to_choose_and_no_chart_of_classes():
    run = trained("water-flow", "sparse")
    app = open_page("sparsity", lang="en", model=run, part="digit")
    assert "One day as the sum of its units" in text(app)
    assert not [c for c in app.segmented_control if c.key.startswith("_sparsity_class")]
    app.button(key="sparsity_another").click().run()
    assert not app.exception
    app = open_page("sparsity", lang="en", model=run, part="activity")
    assert "Nobody has labelled these days" in text(app)
    assert "**Each class**" not in text(app)


def test_two_classes_are_two_choices():
    app = open_page("sparsity", lang="en", model=trained("breast-cancer", "sparse"), part="digit")
    assert app.segmented_control(key="_sparsity_class_2").options == ["malignant", "benign"]
    assert "Active on an average test tumour" in text(app)
    assert "MSE per feature" in text(app)


@pytest.mark.parametrize("kind", recipes.KINDS)
@pytest.mark.parametrize("dataset", KINDS)
def test_what_is_trained_here_learns_the_same_data(dataset, kind):
    built = recipes.build(kind, 64, weight=0.01, rho=0.05, k=8)
    there = recipes.on(dataset, built)
    assert (there.dataset, there.latent_dim, there.hidden) == (dataset, 64, ())
    assert there.n_train <= min(DATASETS[dataset].n_train, built.n_train)
    assert recipes.kind_of(there) == kind
