"""Pages in parts: one is drawn, the link says which, and what leads to a part still leads there."""

import pytest

from tests.app.test_pages import open_page
from tests.app.test_runs import go
from ui import glossary
from ui.generate import PARTS as GENERATE
from ui.sparsity import PARTS as SPARSITY


def titles(app):
    return [heading.value for heading in app.subheader]


@pytest.mark.parametrize(("page", "first", "other"), [("sparsity", "digit", "few")])
def test_one_part_is_drawn_and_the_link_names_it(page, first, other):
    app = open_page(page, lang="en")
    assert "part" not in app.query_params
    shown = titles(app)
    app.segmented_control(key=f"_part_{page}").set_value(other).run()
    assert app.query_params["part"] in (other, [other])
    assert titles(app) != shown
    again = open_page(page, lang="en", part=other)
    assert titles(again) == titles(app)
    again.segmented_control(key=f"_part_{page}").set_value(first).run()
    assert "part" not in again.query_params
    assert titles(again) == shown


def test_part_is_of_its_page_alone_and_an_unknown_one_is_the_first():
    app = open_page("generate", lang="en", part="beta")
    go(app, "sparsity")
    assert "part" not in app.query_params
    assert app.segmented_control(key="_part_sparsity").value == next(iter(SPARSITY))
    app = open_page("generate", lang="en", part="nonsense")
    assert not app.exception
    assert app.segmented_control(key="_part_generate").value == next(iter(GENERATE))


def test_every_term_of_the_glossary_is_in_the_part_that_links_lead_to():
    counted = dict.fromkeys(glossary.PARTS, 0)
    for term in glossary.terms().values():
        counted[glossary.part_of(term)] += 1
        assert f"part={glossary.part_of(term)}" in glossary.address(term, {})
    assert min(counted.values()) >= 10
    assert max(counted.values()) <= 35
