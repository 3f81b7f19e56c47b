"""The denoising page with models of every kind of data, in both languages."""

import pytest

from aecore.parts.corruptions import CORRUPTIONS
from aecore.parts.datasets import DATASETS
from tests.app.kinds import KINDS, trained
from tests.app.test_pages import open_page
from ui.kit.language import LANGUAGES


def text(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.subheader])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dataset", KINDS)
def test_page_opens(dataset, language):
    app = open_page("denoising", lang=language, model=trained(dataset, "denoising"))
    assert not app.exception
    assert not app.warning
    kind = DATASETS[dataset].shape.kind
    menu = next(box for box in app.selectbox if box.key.startswith("_noise_kind_"))
    assert len(menu.options) == sum(kind in noise.kinds for noise in CORRUPTIONS.values())
    assert ("| PSNR | SSIM |" in text(app)) == (kind == "picture")


def test_every_noise_of_rows_works_and_no_filter_is_offered():
    app = open_page("denoising", lang="en", model=trained("breast-cancer", "denoising"))
    menu = next(box for box in app.selectbox if box.key.startswith("_noise_kind_"))
    for i in range(len(menu.options)):
        next(b for b in app.selectbox if b.key == menu.key).select_index(i).run()
        assert not app.exception
    assert "the columns of a table have none" in text(app)
    assert "| median filter" not in text(app)
    assert "over 100 test tumours" in text(app)


def test_filters_of_series_are_compared_without_those_of_pictures():
    app = open_page("denoising", lang="en", model=trained("water-flow"))
    assert "| median filter" in text(app)
    assert "non-local means" not in text(app)
    assert "| method | strength | PSNR |\n" in text(app)
    assert "Train a denoising one with the same data" in app.info[0].value
