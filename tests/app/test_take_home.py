"""The files of a run on the Train page, and a saved run that comes back."""

import json

import pytest

from aecore.errors import StoreError
from tests.app.test_pages import open_page
from tests.app.test_runs import go, trained
from ui.kit import state
from ui.kit.language import LANGUAGES
from ui.train import take_home

NAMES = tuple(take_home.TAKES)


def buttons(app):
    return {
        element.proto.id.rsplit("-", 1)[-1]: element.proto for element in app.get("download_button")
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_untrained_run_offers_its_program_alone(lang):
    app = open_page(lang=lang)
    assert not app.exception
    disabled = {name: proto.disabled for name, proto in buttons(app).items()}
    assert disabled == {f"take_{name}": name not in ("script", "notebook") for name in NAMES}


@pytest.mark.parametrize("variant", ["vanilla", "convolutional", "vae", "cvae"])
def test_trained_run_offers_everything(variant):
    app, run_id = trained(variant=variant)
    assert not app.exception
    assert not any(proto.disabled for proto in buttons(app).values())
    client = state.client()
    for name, take in take_home.TAKES.items():
        assert len(take.make(client, run_id, str)) > 50, name


def test_files_are_in_the_language_of_the_page():
    _, run_id = trained()

    def quoted(message):
        return f"«{message}»"

    made = take_home.TAKES["script"].make(state.client(), run_id, quoted)
    assert "«torchvision fetches MNIST" in made
    cells = json.loads(take_home.TAKES["notebook"].make(state.client(), run_id, quoted))["cells"]
    assert any("«torchvision fetches MNIST" in "".join(cell["source"]) for cell in cells)


def uploaded(app, data):
    (uploader,) = app.get("file_uploader")
    return uploader.set_value(("run.safetensors", data, "application/octet-stream")).run()


def test_saved_run_becomes_the_run_and_the_model_on_show():
    app, run_id = trained(latent_dim="5")
    state.client().rename(run_id, "for home")
    data = take_home.TAKES["model"].make(state.client(), run_id, str)
    app = uploaded(open_page(lang="en"), data)
    opened = app.session_state[state.RUN]
    assert opened != run_id
    assert app.session_state[state.EXPERIMENT].latent_dim == 5
    while state.client().view(opened).state == "preparing":
        app.run()
    app.run()
    assert not app.exception
    assert not app.warning
    assert state.client().view(opened).name == "for home"
    go(app, "reconstructions")
    assert not app.exception
    assert app.selectbox(key="_model").value == opened


@pytest.mark.parametrize("data", [b"", b"no run", b"\x80\x04pickle"])
def test_foreign_file_is_named_and_the_page_stays_as_it_was(data):
    app = open_page(lang="en")
    before = app.session_state[state.RUN]
    uploaded(app, data)
    assert not app.exception
    assert len(app.warning) == 1
    assert app.session_state[state.RUN] == before
    with pytest.raises(StoreError):
        state.client().adopt(data)
