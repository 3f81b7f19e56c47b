"""Pictures from elsewhere, scored like the test pictures: made up, other datasets, the learner's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.parts.datasets import DATASETS
from aecore.shapes import Shape
from aecore.topics.anomaly import figures as figures
from ui.anomaly import answers, words
from ui.kit import charts, components, digits, models, own_digit
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.anomaly.ask import Detection, Scored

MADE_UP = "made_up"


def captions(scores: NDArray[np.float32], score: str, threshold: float) -> list[str]:
    """The scores as short texts, with a mark for an alarm."""
    text = words.FORMATS[score]
    return [text.format(value) + (" !" if value > threshold else "") for value in scores]


def panel(
    model_id: str, normal: tuple[int, ...], found: "Detection", score: str, threshold: float
) -> None:
    """Pictures that are in no test set, and the learner's own."""
    st.subheader(_("Pictures from elsewhere"))
    shape = models.shape(model_id)
    if shape.kind != "picture":
        st.caption(
            _(
                "Made-up pictures, other datasets and your own digit come here with a model of "
                "pictures: nothing else is made up, and no other dataset has the same columns."
            )
        )
        return
    source = _source_menu(model_id)
    with st.spinner(_("Running the model …")):
        shown = _ask(model_id, normal, source)
    alarms = int((shown.scores[score] > threshold).sum())
    st.markdown(
        _("**{alarms} of {n}** raise an alarm.").format(alarms=alarms, n=len(shown.originals))
    )
    names = [_(name) for name in words.MADE_UP] if source == MADE_UP else None
    _rows(shown, names, captions(shown.scores[score], score, threshold), shape)
    if source == MADE_UP and score != "latent" and shown.scores[score][-1] <= threshold:
        st.caption(
            _(
                "A black picture raises no alarm: it is easy to reconstruct, although it was never "
                "learned. A small error does not prove that a picture is normal."
            )
        )
    pixels = own_digit.section(model_id, key="anomaly")
    if pixels is not None:
        _own(answers.score_own(model_id, normal, pixels), found, score, threshold, shape)


def _source_menu(model_id: str) -> str:
    """Which pictures; other datasets only if they are there already."""
    sources = [MADE_UP, *answers.foreign_datasets(model_id)]
    source = st.segmented_control(
        _("Which pictures"),
        sources,
        default=MADE_UP,
        required=True,
        format_func=lambda s: _("made up") if s == MADE_UP else _(DATASETS[s].title),
        key=f"_anomaly_source_{model_id}",
        help=_(
            "Made up: a normal test picture, the same one rotated and inverted, and "
            "pictures that were never any. Other datasets with pictures of this size appear here "
            "once they have been downloaded."
        ),
        wrap=True,
    )
    return source or MADE_UP


def _ask(model_id: str, normal: tuple[int, ...], source: str) -> "Scored":
    if source == MADE_UP:
        return answers.score_made_up(model_id, normal)
    return answers.score_foreign(model_id, normal, source)


def _rows(
    shown: "Scored", names: Sequence[str] | None, scores: Sequence[str], shape: Shape
) -> None:
    original, *rest = digits.compared(shown.originals, None, shown.x_hat, scores, shape)
    components.sample_rows(
        [components.Row(original.label, original.images, names), *rest],
        shape=shape,
        key="anomaly_elsewhere",
        alt=_(
            "Pictures from elsewhere, their reconstructions, and the difference, with the score "
            "of each."
        ),
    )


def _own(own: "Scored", found: "Detection", score: str, threshold: float, shape: Shape) -> None:
    """The learner's picture: its score, its place among the test pictures."""
    value = float(own.scores[score][0])
    below = float((found.scores[score][~found.strange] < value).mean())
    says = (
        _("Score **{score}**, stranger than {percent:.0f}% of the normal test pictures: **alarm**.")
        if value > threshold
        else _(
            "Score **{score}**, stranger than {percent:.0f}% of the normal test pictures: "
            "**no alarm**."
        )
    )
    st.markdown(says.format(score=words.FORMATS[score].format(value), percent=100 * below))
    pictures, chart = st.columns([1, 2], gap="medium")
    with pictures:
        components.sample_rows(
            digits.compared(
                own.originals,
                None,
                own.x_hat,
                captions(own.scores[score], score, threshold),
                shape,
            ),
            shape=shape,
            key="anomaly_own",
            alt=_("Your picture, its reconstruction, and their difference."),
        )
    with chart:
        charts.live_plot(
            figures.histogram(
                found.scores[score],
                found.strange,
                threshold,
                title=words.score_title(score, shape.kind),
                marks=[(_("yours"), value)],
                dark=is_dark(),
                _=_,
            ),
            key="anomaly_own_histogram",
            height=240,
            alt=_("Where your picture lies among the scores of the test pictures."),
        )
