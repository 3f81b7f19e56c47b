"""Where nobody has labelled anything: the strangest samples, and no area under any curve."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from aecore.errors import LabError
from aecore.topics.anomaly import figures as figures
from aecore.topics.anomaly.measure import extremes
from ui.anomaly import answers, others, threshold, words
from ui.kit import charts, components, digits, language, models
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.anomaly.ask import Ranking

SHOWN = 8


def lab(model_id: str) -> None:
    """The scores of all test samples, and the first and the last of their order."""
    st.info(_(words.NO_AREA), icon=":material/info:")
    try:
        with st.spinner(_("Running the model …")):
            found = answers.rank(model_id)
    except LabError as error:
        st.info(language.say(error), icon=":material/info:")
        return
    chart, strangest = st.columns([1, 1.25], gap="medium")
    with chart:
        picture = st.container(key="anomaly_picture")
        score, limit = _choose(model_id, found)
    with picture:
        _histogram(model_id, found, score, limit)
    high, low = extremes(found.scores[score], SHOWN)
    with strangest:
        st.markdown(_("**The strangest**: highest scores of the test part"))
        _samples(model_id, high, score, limit, key="anomaly_high")
        st.markdown(_("**The least strange**: lowest scores"))
        _samples(model_id, low, score, limit, key="anomaly_low")
        st.caption(_says(model_id))


def _says(model_id: str) -> str:
    says = _("Above the line the place in the test part, below it the score; “!” marks an alarm.")
    return f"{says} {_(words.OVERLAP)}" if models.shape(model_id).kind == "series" else says


def _choose(model_id: str, found: "Ranking") -> tuple[str, float]:
    score = threshold.score_menu(models.shape(model_id).kind)
    limit = threshold.slider(
        found.scores[score],
        found.thresholds[score],
        score,
        key=f"{model_id}_{models.version(model_id)}_{score}",
        about=_(words.UNLABELLED_HELP),
    )
    alarms = int((found.scores[score] > limit).sum())
    st.markdown(
        _("**{alarms} of {n}** test samples raise an alarm ({percent:.0f}%).").format(
            alarms=alarms,
            n=len(found.scores[score]),
            percent=100 * alarms / len(found.scores[score]),
        )
    )
    st.caption(_(words.SCORE_SAYS[score]))
    return score, limit


def _histogram(model_id: str, found: "Ranking", score: str, limit: float) -> None:
    charts.live_plot(
        figures.histogram(
            found.scores[score],
            None,
            limit,
            title=words.score_title(score, models.shape(model_id).kind),
            revision=f"{model_id}/{score}",
            dark=is_dark(),
            _=_,
        ),
        key="anomaly_histogram",
        height=300,
        alt=_("How the scores of all test samples spread, as a histogram."),
    )


def _samples(model_id: str, indices: Sequence[int], score: str, limit: float, *, key: str) -> None:
    shown = answers.score_test(model_id, (), tuple(indices))
    shape = models.shape(model_id)
    captions = others.captions(shown.scores[score], score, limit)
    original, *rest = digits.compared(shown.originals, None, shown.x_hat, captions, shape)
    places = [_("no. {number}").format(number=index) for index in indices]
    components.sample_rows(
        [components.Row(original.label, original.images, places), *rest],
        shape=shape,
        key=key,
        alt=_("Test samples, their reconstructions, and the difference, with the score of each."),
    )
