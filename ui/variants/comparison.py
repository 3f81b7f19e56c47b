"""The same test digits through every pretrained model, and the learner's own."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from aecore.data import datasets
from aecore.errors import N_
from aecore.files import pretrained
from aecore.parts.datasets import DIGIT
from aecore.spec.anatomy import anatomy
from ui.kit import components, digits, layout, models, predict_first
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.reconstructions.ask import PictureErrors
    from aecore.topics.variants.ask import Passed

COLUMNS = ("model", "mse", "code", "weights", "size")

BYTES_PER_WEIGHT = 2

OTHER_DATA = N_(
    "The model chosen in the sidebar has learned other data ({name}) and cannot be given digits: the "
    "pretrained ones are compared here."
)

LEAST_ERROR = "variants-least-error"
"""The challenge that the errors answer."""
"""Half precision, as the pretrained models are kept."""


@st.fragment
def compare(model_id: str) -> None:
    """Rows of models, columns of digits; a fragment, so that other digits rerun only this.

    Args:
        model_id: the page's; a run of the learner's joins the pretrained ones.
    """
    names = list(pretrained.available())
    if models.shape(model_id) != DIGIT:
        st.caption(_(OTHER_DATA).format(name=_(models.dataset(model_id).name)))
        model_id = names[0]
    elif model_id not in names:
        names.insert(0, model_id)
    settings, results = layout.beside("all_models")
    with settings:
        wish = digits.pick_menu([_(name) for name in datasets.DATASETS[datasets.BUNDLED].classes])
        if wish[0] in ("best", "worst"):
            st.caption(_("Best and worst for: {model}").format(model=models.label(model_id)))
    with results, st.spinner(_("Running the model …")):
        errors = {name: _errors(name) for name in names}
        picked = digits.pick(wish, errors[model_id])
        passed = {name: _passed(name, picked) for name in names}
        mse = {name: float(errors[name].errors.mean()) for name in names}
        components.sample_rows(
            _rows(passed, mse),
            shape=DIGIT,
            key="all_models",
            alt=_("The same test digits, original and as each model rebuilds them."),
        )
        _say_what_to_see(model_id)
        _table(mse)


def _errors(model_id: str) -> "PictureErrors":
    from aecore.topics.variants import (
        ask as variants,  # imports torch: not before the page needs an answer
    )

    return models.ask(model_id, variants.bundled_errors)


def _passed(model_id: str, picked: tuple[int, ...]) -> "Passed":
    from aecore.topics.variants import ask as variants

    return models.ask(model_id, variants.pass_bundled, picked)


def _rows(passed: "dict[str, Passed]", mse: dict[str, float]) -> list[components.Row]:
    """The originals, and each model's reconstructions; above a denoising one, what it gets."""
    rows = [components.Row(_("original"), next(iter(passed.values())).originals)]
    for name, pictures in passed.items():
        if models.experiment(name).corruption != "none":
            label = _("Input of {model}").format(model=models.label(name))
            rows.append(components.Row(label, pictures.x_input))
        label = models.label(name)
        if predict_first.is_shown(LEAST_ERROR):
            label = _("{model}: MSE {mse}").format(model=label, mse=f"{mse[name]:.4f}")
        rows.append(components.Row(label, pictures.x_hat))
    return rows


def _say_what_to_see(model_id: str) -> None:
    says = [
        _(
            "Each row is one model; the number is its mean squared error per pixel over all "
            "{n:,} test digits. Compare models of one variant with codes of different sizes, and "
            "of one code size with different variants. A denoising model has the harder task: it "
            "gets the noisy digits. One that learned a single class rebuilds only that one well."
        ).format(n=len(_errors(model_id).errors))
    ]
    if model_id not in pretrained.available() and models.experiment(model_id).dataset == "mnist":
        says.append(
            _("Your own model learned from all of MNIST, so it may have seen these digits before.")
        )
    st.caption(" ".join(says))


def _table(mse: dict[str, float]) -> None:
    """What each model costs and gives, the smallest error first."""
    if not predict_first.headline(LEAST_ERROR, _("**The smallest error first**")):
        return
    rows: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for name in sorted(mse, key=mse.__getitem__):
        e = models.experiment(name)
        weights = anatomy(e).parameters
        rows["model"].append(models.label(name))
        rows["code"].append(e.latent_dim)
        rows["weights"].append(weights)
        rows["size"].append(weights * BYTES_PER_WEIGHT / 1000)
        rows["mse"].append(mse[name])
    number = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        key="all_models_table",
        column_config={
            "model": _("Model"),
            "code": number(_("Code size"), help=_("How many numbers the code has.")),
            "weights": number(
                _("Weights"), format="localized", help=_("All numbers that learn, biases included.")
            ),
            "size": number(
                _("Size (kB)"), format="%.0f", help=_("On disk, with two bytes for each weight.")
            ),
            "mse": number(
                _("Test MSE"),
                format="%.4f",
                help=_("Mean squared error per pixel over the bundled test digits."),
            ),
        },
    )
