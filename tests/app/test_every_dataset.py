"""Every page with a run of any dataset that comes with a package on show."""

import pytest

from aecore.parts.datasets import BUNDLED, DATASETS
from tests.app.test_pages import open_page, until
from ui.kit import state
from ui.kit.language import LANGUAGES
from ui.kit.page_list import PAGES

OTHERS = [key for key, spec in DATASETS.items() if spec.is_bundled and key != BUNDLED]


@pytest.mark.parametrize("dataset", OTHERS)
def test_every_page_takes_a_run_of_it(dataset):
    """One page after the other, in turn in each language."""
    app = open_page(lang="en", dataset=dataset, latent_dim="2", epochs="1", n_train="100")
    assert not app.warning, app.warning[0].value
    app.button(key="play").click().run()
    run_id = app.session_state[state.RUN]
    until(lambda: state.client().view(run_id).state == "ended")
    broken = []
    for turn, key in enumerate(PAGES):
        language = tuple(LANGUAGES)[turn % len(LANGUAGES)]
        page = open_page(key, lang=language, model=run_id, run=run_id)
        broken += [key] if page.exception else []
    assert broken == []
