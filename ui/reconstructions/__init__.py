"""The reconstructions page: one sample of a table or a series closely, with names and units."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from aecore.shapes import Row, Series
from ui.kit import digits, kinds, models, one_sample
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.analysis.scaling import Scale


def closely(model_id: str, picked: Sequence[int], class_names: Sequence[str]) -> None:
    """One of the picked test samples, number by number; pictures are seen well enough above.

    Args:
        model_id: whose reconstruction.
        picked: the test samples to choose from.
        class_names: () where nobody has labelled anything.
    """
    spec = models.dataset(model_id)
    if not isinstance(spec.shape, Row | Series):
        return
    errors = digits.test_errors(model_id)

    def called(index: int) -> str:
        name = [class_names[errors.labels[index]]] if class_names else []
        return " · ".join([f"#{index}", *name, f"{errors.errors[index]:.4f}"])

    index = st.selectbox(
        _("One {one} closely: number, {mse}").format(
            one=kinds.one(spec), mse=kinds.mse(spec.shape.kind)
        ),
        picked,
        format_func=called,
        key="_closely",
        width=420,
    )
    answer = digits.reconstruct_test(model_id, (index,))
    one_sample.chart(
        answer.originals[0],
        answer.x_hat[0],
        spec.shape,
        _scale(model_id),
        key="closely",
        alt=_("Each number of the sample, original and reconstruction, with its name."),
    )


def _scale(model_id: str) -> "Scale | None":
    """What 0 and 1 stand for in measurements."""
    from aecore.topics.reconstructions import ask as reconstruction

    return models.ask(model_id, reconstruction.scale)
