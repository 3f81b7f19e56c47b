"""What the learner takes home of a run, and how a saved run comes back."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import streamlit as st

from aecore.engine.client import Client
from aecore.errors import N_, LabError
from aecore.figures.style import Translate
from ui.kit import language, own_runs, state
from ui.kit.language import _

TAKE_HOME_OPENED = "take_home_opened"
"""How many saved runs this session has opened: each gets an empty uploader after it."""


@dataclass(frozen=True)
class Take:
    """One thing to take home.

    Attributes:
        label: of its button.
        help: what it is good for.
        file: name of the file, behind that of the run.
        icon: of its button.
        make: the file's content; called in a thread of its own when the button is clicked, so it
            must not look at the session.
        needs_training: whether there is nothing to take before the run has trained.
        package: what must be installed for it; empty for nothing.
    """

    label: str
    help: str
    file: str
    icon: str
    make: "Callable[[Client, str, Translate], str | bytes]"
    needs_training: bool = True
    package: str = ""


def offer(run_id: str) -> None:
    """A popover with the files of a run, and the place to open a saved one."""
    view = own_runs.look(run_id)
    has_trained = view.step > 0 or view.state == "running"
    # Another key is another popover: once a saved run is open, it closes to show it.
    key = f"take_home_{st.session_state.setdefault(TAKE_HOME_OPENED, 0)}"
    with st.popover(_("Take it home"), icon=":material/download:", type="tertiary", key=key):
        st.caption(_(WHAT))
        with st.container(horizontal=True):
            for name, take in TAKES.items():
                _button(name, take, run_id, view.experiment.variant, has_trained)
        if not has_trained:
            st.caption(_("Train first: then there are a model and curves to take home as well."))
        if not _is_installed("onnx"):
            st.caption(_("For ONNX, install its package on the server: `pip install onnx`."))
        st.divider()
        _uploader()


def _button(name: str, take: Take, run_id: str, variant: str, has_trained: bool) -> None:
    missing = bool(take.package) and not _is_installed(take.package)
    st.download_button(
        _(take.label),
        data=partial(take.make, state.client(), run_id, _bound()),
        file_name=f"{variant}-{take.file}",
        icon=f":material/{take.icon}:",
        key=f"take_{name}",
        disabled=missing or (take.needs_training and not has_trained),
        on_click="ignore",
        help=_(take.help),
        width=state.type_wide(150),
    )


@cache
def _is_installed(package: str) -> bool:
    """Whether this server has a package; what is not there is searched for in many folders."""
    return importlib.util.find_spec(package) is not None


def _bound() -> Translate:
    """`_` for a thread that has no session: in the language of now."""
    words = language.words(language.current())
    return lambda message: words.get(message, message)


def _uploader() -> None:
    key = f"_saved_run_{st.session_state[TAKE_HOME_OPENED]}"
    st.file_uploader(
        _("Open a saved run"),
        key=key,
        on_change=_open,
        args=(key,),
        help=_(
            "A model that was saved here as safetensors, up to 64 MB. It joins your runs, with its settings, its curves and its weights; nothing in the file is executed."
        ),
    )


def _open(key: str) -> None:
    """Makes the uploaded run the one that this page shows and the lab pages look at."""
    file = st.session_state[key]
    if file is None:
        return
    st.session_state[TAKE_HOME_OPENED] += 1
    try:
        run_id = own_runs.adopt(file.getvalue())
    except LabError as error:
        state.notify(error)
        return
    own_runs.watch(run_id)
    own_runs.set_model(run_id)
    own_runs.forget_old_runs()


def _script(client: Client, run_id: str, _: Translate) -> str:
    from aecore.files.export.script import to_script

    view = client.view(run_id)
    return to_script(view.experiment, view.history, _)


def _notebook(client: Client, run_id: str, _: Translate) -> str:
    from aecore.files.export.notebook import to_notebook

    view = client.view(run_id)
    return to_notebook(view.experiment, view.history, _)


def _model(client: Client, run_id: str, _: Translate) -> bytes:
    from aecore.topics.train import take_home

    return client.ask(run_id, take_home.saved_run, client.view(run_id))


def _onnx(client: Client, run_id: str, _: Translate) -> bytes:
    from aecore.topics.train import take_home

    return client.ask(run_id, take_home.onnx_file)


def _curves(client: Client, run_id: str, _: Translate) -> str:
    from aecore.files.export.table import to_csv

    return to_csv(client.view(run_id).history)


def _charts(client: Client, run_id: str, _: Translate) -> str:
    from aecore.topics.train.report import to_html

    return to_html(client.view(run_id), _)


WHAT = N_(
    "Files of this run as it is now. To save a single chart, point at it: the camera makes a PNG, the "
    "sheet an SVG."
)

TAKES = {
    "script": Take(
        N_("Script"),
        N_(
            "A readable PyTorch program that does this experiment without the lab and prints its validation and test errors."
        ),
        "script.py",
        "code",
        _script,
        needs_training=False,
    ),
    "notebook": Take(
        N_("Notebook"),
        N_("The same program in cells with explanations, for Jupyter or Colab."),
        "notebook.ipynb",
        "menu_book",
        _notebook,
        needs_training=False,
    ),
    "model": Take(
        N_("Model"),
        N_("Weights, settings and curves in one safetensors file; the lab opens it again, below."),
        "run.safetensors",
        "save",
        _model,
    ),
    "onnx": Take(
        "ONNX",
        N_("The model for other programs, such as onnxruntime: from x to x_hat and the code z."),
        "model.onnx",
        "deployed_code",
        _onnx,
        package="onnx",
    ),
    "curves": Take(
        N_("Curves (CSV)"),
        N_("Training and validation loss of each epoch as a table, for a spreadsheet."),
        "curves.csv",
        "table",
        _curves,
    ),
    "charts": Take(
        N_("Charts (HTML)"),
        N_(
            "Samples, loss curves and latent space as one page that works offline, zoom included (5 MB)."
        ),
        "charts.html",
        "monitoring",
        _charts,
    ),
}
