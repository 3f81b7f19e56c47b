"""Links that nobody meant well: every parameter, any text; the page is drawn, and says what it left out."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aecore.spec import links
from aecore.spec.experiment import SPECS
from aecore.topics.challenges import CHALLENGES
from tests.app.test_pages import open_page
from tests.hostile import parameters
from tests.hostile.parameters import hostile
from tests.hostile.strategies import TEXTS, examples, texts
from ui.kit import session_link, state
from ui.kit.language import LANGUAGES, catalogue
from ui.kit.page_list import PAGES

NAMES = sorted(parameters.found())
LONGEST_SENTENCE = 1500
PARAMETERS = st.fixed_dictionaries({}, optional={name: hostile(name) for name in NAMES})


def are_said(sentences):
    """Whether all of them are sentences of bearable length, in both languages."""
    korean = catalogue("ko")
    for sentence in sentences:
        for said in (sentence.say(), sentence.say(lambda message: korean.get(message, message))):
            assert 0 < len(said) <= LONGEST_SENTENCE
            assert "Traceback" not in said
        assert any("가" <= letter <= "힣" for letter in said)


def test_all_parameters_are_found_in_the_code():
    app = open_page("train", lang="en")
    assert set(app.query_params) <= set(NAMES)
    known = {
        *(state.LANGUAGE, state.RUN, state.VARIANT, state.KEPT, state.MODEL, state.COMPARED),
        *(state.LOCK, state.HIDE, state.TASK, state.CHALLENGE, state.BIG),
    }
    assert known | set(SPECS) <= set(NAMES)


@given(PARAMETERS)
@example({"variant": "top-k", "k": "999", "latent_dim": "1"})
@example({"classes": "9" * 5000})
@settings(max_examples=examples(400))
def test_any_link_is_an_experiment_and_says_what_it_left_out(query):
    experiment, said = links.read_experiment(query)
    are_said(said)
    again = session_link.experiment_query(experiment)
    repeated, complaints = links.read_experiment(again)
    assert repeated.canonical() == experiment.canonical()
    assert complaints == ()
    for name in query.keys() & SPECS.keys():
        if not said:
            assert getattr(experiment, name) == SPECS[name].parse(name, query[name])


@pytest.mark.parametrize("name", ["variant", *SPECS])
def test_each_near_miss_is_an_experiment_and_says_so(name):
    for text in (*TEXTS, *(() if name == "variant" else parameters.near_misses(name))):
        experiment, said = links.read_experiment({name: text})
        are_said(said)
        if name == "variant":
            assert said or experiment.variant == text
            continue
        try:
            experiment.replace(**{name: SPECS[name].parse(name, text)})
        except Exception:
            assert said, (name, text[:40])


SETTINGS = st.lists(st.sampled_from((*links.SETTINGS, links.ALL, "Lr", "")) | texts(), max_size=6)


@given(SETTINGS.map(",".join), texts(), st.text() | texts(), texts())
@example("", "", "x" * 20_000, "")
@example("", "", "\u202e\0\n![x](//e.vil)", "{0.__class__}")
@settings(max_examples=examples(300))
def test_any_guidance_is_one_printable_line_and_known_settings(lock, hide, task, challenge):
    guidance, said = links.read_guidance(lock, hide, task, challenge, CHALLENGES)
    are_said(said)
    assert guidance.locked | guidance.hidden <= set(links.SETTINGS)
    assert guidance.challenge in ("", *CHALLENGES)
    assert len(guidance.task) <= links.LONGEST_TASK
    assert guidance.task.isprintable()
    again = links.read_guidance(
        links.write_names(guidance.locked),
        links.write_names(guidance.hidden),
        guidance.task,
        guidance.challenge,
        CHALLENGES,
    )
    assert again == (guidance, ())


# ---- real pages


def is_drawn(app, query):
    """Whether the page is there, whole, with a sentence for what it could not use."""
    assert not app.exception
    assert len(app.title) == 1
    language = state.LANGUAGE
    korean = app.session_state[language] == "ko"
    notices = [warning.value for warning in app.warning]
    for notice in notices:
        assert 0 < len(notice) <= LONGEST_SENTENCE
        assert any("가" <= letter <= "힣" for letter in notice) == korean or "가나다" in notice
    _, said = links.read_experiment(query)
    assert len(notices) >= len({str(sentence) for sentence in said})


@pytest.mark.parametrize(("i", "key"), list(enumerate(PAGES)))
def test_page_of_a_hostile_link_is_drawn(i, key):
    query = {**parameters.row(i, NAMES), "lang": list(LANGUAGES)[i % 2]}
    is_drawn(open_page(key, **query), query)


@given(st.sampled_from(list(PAGES)), PARAMETERS)
@settings(max_examples=examples(10, 10))
def test_any_page_of_any_link_is_drawn(key, query):
    is_drawn(open_page(key, **query), query)


MARKED = re.compile(r"(?<!\\)([][<$*`@]|://|(?<=www)\.)")
SHOWN = ("latent_dim", "variant", "run", "model", "compare", "lock", "challenge")


@pytest.mark.parametrize(
    "text",
    [
        "![](//e.vil/x.png)",
        "[a](//e.vil)",
        "<b>",
        "$x$",
        "`x`",
        "**x**",
        "http://e.vil",
        "www.e.vil",
    ],
)
def test_text_of_a_link_is_shown_as_it_is(text):
    app = open_page("reconstructions", lang="en", **dict.fromkeys(SHOWN, text))
    assert len(app.warning) == len(SHOWN) - 2  # run, model and compare say the same
    for warning in app.warning:
        assert not MARKED.search(warning.value), warning.value
