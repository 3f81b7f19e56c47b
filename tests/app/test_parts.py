"""Pages in parts: one is drawn, the link says which, and what leads to a part still leads there."""

import pytest

from tests.app.test_pages import open_page
from tests.app.test_runs import go
from ui.generate import PARTS as GENERATE
from ui.kit import glossary
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


def test_settings_of_a_part_are_as_they_were_left():
    app = open_page("generate", lang="en")
    app.slider(key="_generate_temperature").set_value(0.5).run()
    turn(app, "generate", "beta")
    app.select_slider(key="_generate_beta").set_value(4).run()
    turn(app, "generate", next(iter(GENERATE)))
    assert app.slider(key="_generate_temperature").value == 0.5
    turn(app, "generate", "beta")
    assert app.select_slider(key="_generate_beta").value == 4
    assert not app.exception
    assert not app.warning


def test_settings_of_a_kind_are_as_they_were_left():
    app = open_page("sparsity", lang="en")
    app.segmented_control(key="_sparsity_kind").set_value("l1").run()
    app.select_slider(key="_sparsity_l1").set_value(0.1).run()
    app.segmented_control(key="_sparsity_kind").set_value("top_k").run()
    app.segmented_control(key="_sparsity_kind").set_value("l1").run()
    assert app.select_slider(key="_sparsity_l1").value == 0.1


def turn(app, page, part):
    app.segmented_control(key=f"_part_{page}").set_value(part).run()
