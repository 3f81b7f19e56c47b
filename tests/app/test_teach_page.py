"""Links: copied ones, and a teacher's that lock and hide settings and set a task."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from aecore.spec.links import LONGEST_TASK, SETTINGS
from aecore.topics.challenges import BY_PAGE, CHALLENGES
from tests.app.test_pages import open_page, value
from tests.app.test_runs import go
from ui import teach
from ui.kit import components, state
from ui.kit.language import LANGUAGES
from ui.kit.page_list import PAGES

LOCKED = {"variant": "top-k", "latent_dim": "30", "lock": "latent_dim,variant", "hide": "epochs"}


OFFERED: dict[str, str] = {}
"""Key -> text, of what can be copied from the page that was drawn last."""


@pytest.fixture(autouse=True)
def offered(monkeypatch):
    monkeypatch.setattr(components, "copy_text", lambda text, key: OFFERED.update({key: text}))


def made_link(key: str = "teach_link") -> dict[str, str]:
    """The parameters of the link that the page offers."""
    return dict(parse_qsl(urlsplit(OFFERED[key]).query))


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_makes_a_link_at_once(language):
    app = open_page("teach", lang=language)
    assert not app.exception
    assert not app.warning
    assert made_link() == {"lang": language, "variant": "vanilla"}  # for learners' own screens
    assert made_link("teach_projector_link") == {**made_link(), "big": "1"}


def test_challenge_that_the_locked_settings_forbid_is_warned_of():
    app = open_page("teach", lang="en")
    app.selectbox(key="_teach_challenge_train").set_value("train-smallest-code").run()
    assert not app.warning
    app.multiselect(key="_teach_lock").set_value(["latent_dim"]).run()
    assert "Code size" in app.warning[0].value
    app.multiselect(key="_teach_lock").set_value([])
    app.multiselect(key="_teach_hide").set_value(["latent_dim"]).run()
    assert "Code size" in app.warning[0].value
    app.multiselect(key="_teach_hide").set_value(["epochs"]).run()
    assert not app.warning


def test_challenge_whose_settings_the_link_sets_already_may_be_locked():
    collapse = CHALLENGES["train-collapse"]
    begin = collapse.start.experiment
    assert collapse.hindered(begin, frozenset(SETTINGS)) == ()
    assert collapse.hindered(begin.replace(beta=1), frozenset(SETTINGS)) == ("beta",)
    assert collapse.hindered(begin.replace(beta=1), frozenset({"epochs"})) == ()


def test_link_opens_what_the_teacher_chose():
    app = open_page("teach", lang="en")
    app.selectbox(key="_teach_preset").set_value("collapse")
    app.multiselect(key="_teach_lock").set_value(["beta", "variant"])
    app.multiselect(key="_teach_hide").set_value(["epochs", "optimizer"])
    app.text_area(key="_teach_task").set_value("Why are <b>all</b>\nthe same?").run()
    assert not app.exception
    query = made_link()

    learner = open_page("train", **query)
    assert not learner.exception
    assert not learner.warning
    assert (value(learner, "beta"), value(learner, "latent_dim")) == (30.0, 8)
    assert learner.slider(key="_beta").disabled
    assert learner.selectbox(key="_variant").disabled
    assert not learner.select_slider(key="_latent_dim").disabled
    with pytest.raises(KeyError):
        learner.select_slider(key="_epochs")
    assert [t.value for t in learner.text] == ["Why are <b>all</b> the same?"]
    assert not learner.session_state[state.BIG]
    assert open_page("train", **made_link("teach_projector_link")).session_state[state.BIG]


def test_challenge_is_set_and_its_panel_open():
    app = open_page("teach", lang="en")
    app.selectbox(key="_teach_page").set_value("reconstructions").run()
    key = BY_PAGE["reconstructions"][0].key
    app.selectbox(key="_teach_challenge_reconstructions").set_value(key).run()
    query = made_link()
    assert query["challenge"] == key
    learner = open_page("reconstructions", **query)
    assert not learner.exception
    assert not learner.warning
    assert sum(CHALLENGES[key].question in m.value for m in learner.markdown) == 2
    assert key in learner.query_params[state.CHALLENGE]


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_challenge_is_said(language):
    app = open_page("train", lang=language, challenge="win" * 5000)
    assert not app.exception
    assert len(app.warning) == 1
    assert len(app.warning[0].value) < 200


def test_all_settings_are_locked_with_one_word():
    app = open_page("teach", lang="en")
    app.toggle(key="_teach_all").set_value(True).run()
    query = made_link()
    assert query["lock"] == "all"
    learner = open_page("train", **query)
    widgets = [*learner.select_slider, *learner.slider, *learner.number_input, *learner.text_input]
    widgets += [*learner.main.selectbox, *learner.main.multiselect]
    settings = [w for w in widgets if w.key and w.key[1:] in SETTINGS]
    assert len(settings) > 15
    assert all(w.disabled for w in settings)
    assert learner.button(key="other_data").disabled
    assert not learner.button(key="play").disabled


def test_locked_settings_survive_presets_and_variants_and_stay_in_the_link():
    app = open_page("train", lang="en", latent_dim="20", lock="latent_dim")
    app.selectbox(key="_preset").set_value("smooth-map").run()
    assert (value(app, "variant"), value(app, "latent_dim")) == ("vae", 20)
    app.selectbox(key="_variant").set_value("deep").run()
    assert (value(app, "variant"), value(app, "latent_dim")) == ("deep", 20)
    go(app, "reconstructions")
    go(app, "train")
    assert app.select_slider(key="_latent_dim").disabled
    assert "latent_dim" in app.query_params["lock"][0] or app.query_params["lock"] == "latent_dim"


def test_locked_variant_is_kept_from_the_home_page():
    app = open_page("home", lang="en", part="variants", variant="vae", lock="variant")
    app.button(key="try_deep").click().run()
    assert value(app, "variant") == "vae"


def test_locked_value_that_contradicts_a_preset_is_said_and_nothing_taken():
    app = open_page("train", lang="en", code_activation="relu", lock="code_activation")
    app.selectbox(key="_variant").set_value("vae").run()
    assert not app.exception
    assert len(app.warning) == 1
    assert (value(app, "variant"), value(app, "code_activation")) == ("vanilla", "relu")


def test_way_out_unlocks_everything():
    app = open_page("train", lang="en", task="Look!", **LOCKED)
    app.button(key="release").click().run()
    assert not app.exception
    assert not app.select_slider(key="_latent_dim").disabled
    assert app.select_slider(key="_epochs")
    assert not app.text
    assert not {"lock", "hide", "task"} & set(app.query_params)


@pytest.mark.parametrize("key", PAGES)
def test_every_page_opens_under_guidance(key):
    app = open_page(key, lang="en", big="1", task="Look!", **LOCKED)
    assert not app.exception
    assert not app.warning
    assert [t.value for t in app.text] == ["Look!"]


def test_hostile_link_is_said_and_the_page_stays_usable():
    app = open_page(
        "train",
        lang="en",
        lock="volume," + "x" * 10_000,
        hide="<script>",
        task="<img src=x onerror=alert(1)> **b** " + "y" * 10_000,
    )
    assert not app.exception
    assert len(app.warning) == 3
    assert app.button(key="play")
    assert len(app.text[0].value) <= LONGEST_TASK
    assert not any("<img" in m.value or "**b**" in m.value for m in [*app.markdown, *app.caption])


def test_hiding_everything_leaves_a_word_and_the_buttons():
    app = open_page("train", lang="en", hide="all")
    assert not app.exception
    assert any("hides all" in caption.value for caption in app.caption)
    assert app.button(key="play")


def test_large_type_is_switched_in_the_sidebar_and_stays_in_the_link():
    app = open_page("train", lang="en")
    assert "big" not in app.query_params
    app.toggle(key="_big").set_value(True).run()
    assert "big" in app.query_params
    go(app, "compare")
    assert app.toggle(key="_big").value
    app.toggle(key="_big").set_value(False).run()
    assert "big" not in app.query_params


@pytest.mark.parametrize("key", ["train", "home", "compare"])
def test_copied_link_reproduces_the_session(key):
    app = open_page(key, lang="ko", variant="denoising", noise_level="0.7", task="Look!")
    query = made_link("link_to_copy")
    assert query["variant"] == "denoising"
    other = open_page("train", **query)
    assert other.session_state[state.EXPERIMENT] == app.session_state[state.EXPERIMENT]
    assert other.session_state[state.LANGUAGE] == "ko"
    assert other.session_state[state.GUIDANCE].task == "Look!"


def test_clamped_value_is_said_with_what_was_asked_and_what_is_used():
    app = open_page("train", lang="en", latent_dim="99999")
    (said,) = (warning.value for warning in app.warning)
    assert all(part in said for part in ("latent_dim", "99999", "1024"))


def test_qr_code_is_svg_and_too_long_a_link_is_refused():
    import segno

    picture = teach.qr_code("http://example.org/train?lang=ko&task=" + "%ED%95%9C" * LONGEST_TASK)
    assert picture.startswith("<svg")
    with pytest.raises(segno.DataOverflowError):
        teach.qr_code("x" * 3000)


def test_pages_about_no_model_have_no_model_menu():
    for key in ("compare", "teach"):
        assert PAGES[key].example == ""
        app = open_page(key, lang="en")
        assert "_model" not in [s.key for s in app.sidebar.selectbox]
