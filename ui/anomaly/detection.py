"""Score, threshold, and what they do to test pictures and to others."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import LabError
from aecore.topics.anomaly import figures as figures
from aecore.topics.anomaly.measure import Confusion, check_normal, confusing, confusion
from ui.anomaly import answers, others, threshold, unlabelled, words
from ui.kit import charts, components, digits, language, models, spread
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.kit.page_list import PAGES

if TYPE_CHECKING:
    from aecore.topics.anomaly.ask import Detection

SHOWN = 8


@st.fragment
def lab(model_id: str, normal: tuple[int, ...]) -> None:
    """Everything that follows score and threshold: a slider reruns only this."""
    if not models.class_names(model_id):
        unlabelled.lab(model_id)
        return
    _say_if_it_knows_all(model_id)
    try:
        with st.spinner(_("Running the model …")):
            found = answers.detect(
                model_id, check_normal(normal, len(models.class_names(model_id)))
            )
    except LabError as error:
        st.info(language.say(error), icon=":material/info:")
        return
    chart, tables = st.columns([1.5, 1], gap="medium")
    with chart:
        picture = st.container(key="anomaly_picture")  # above the threshold that moves in it
        score, limit = _choose(model_id, normal, found)
        _finding(model_id, found, score, limit)
    with picture:
        _histogram(model_id, found, score, limit)
    counted = confusion(found.scores[score], found.strange, limit)
    with tables:
        _confusion_table(counted)
        _area_table(found, score)
    _confusing(model_id, normal, found, score, limit)
    _curves(found, score, counted)
    others.panel(model_id, normal, found, score, limit)


def _say_if_it_knows_all(model_id: str) -> None:
    with st.container(key="anomaly_knows_all"):
        if not models.experiment(model_id).classes:
            st.info(
                _(
                    "This model was trained on all classes: none is new to it, so it "
                    "reconstructs the strange ones as well as the normal ones. Train one on the "
                    "normal classes alone, or choose {example} on the left."
                ).format(example=models.label(PAGES["anomaly"].example)),
                icon=":material/info:",
            )


def _choose(model_id: str, normal: tuple[int, ...], found: "Detection") -> tuple[str, float]:
    menu, slider = st.columns([1, 1.6], gap="medium")
    with menu:
        score = threshold.score_menu(models.shape(model_id).kind)
    with slider:
        limit = threshold.slider(
            found.scores[score],
            found.usual[score].threshold,
            score,
            key=f"{model_id}_{models.version(model_id)}_{score}_{normal}",
            about=_(words.THRESHOLD_HELP),
        )
    st.caption(_(words.SCORE_SAYS[score]))
    return score, limit


def _finding(model_id: str, found: "Detection", score: str, limit: float) -> None:
    """What this score and this threshold do, in one line."""
    counted = confusion(found.scores[score], found.strange, limit)
    usual = found.usual[score]
    scores = found.scores[score]
    first, step = threshold.start(scores, usual.threshold), threshold.steps(scores)[1]
    is_usual = abs(limit - first) < step / 2
    caught, alarms = (
        (usual.caught, usual.alarms)
        if is_usual
        else (counted.recall_interval, counted.alarm_interval)
    )
    says = _(
        "This threshold catches {caught} of the strange samples, and {false} of the normal ones "
        "raise a false alarm."
    ).format(caught=spread.percent(caught, bold=True), false=spread.percent(alarms, bold=True))
    says += _hardest(model_id, found, scores > limit)
    if is_usual:
        says += " " + _(
            "It was set on {n:,} normal samples held out from training and test; other ones would "
            "have set it elsewhere, hence the ranges."
        ).format(n=usual.n_held_out)
    st.markdown(says, help=_(spread.HELP))
    if found.areas[score].high < 0.5:
        st.caption(_(words.BELOW_HALF))


def _hardest(model_id: str, found: "Detection", alarm: NDArray[np.bool_]) -> str:
    """Which strange class is caught least; nothing where there is only one."""
    strange = np.unique(found.labels[found.strange])
    if len(strange) < 2:
        return ""
    shares = {c: alarm[found.labels == c].mean() for c in strange}
    hardest = min(shares, key=shares.__getitem__)
    return " " + _("Hardest to catch: **{hardest}** ({share:.0f}% caught).").format(
        hardest=models.class_names(model_id)[hardest], share=100 * shares[hardest]
    )


def _histogram(model_id: str, found: "Detection", score: str, limit: float) -> None:
    charts.live_plot(
        figures.histogram(
            found.scores[score],
            found.strange,
            limit,
            title=words.score_title(score, models.shape(model_id).kind),
            revision=f"{model_id}/{score}",
            dark=is_dark(),
            _=_,
        ),
        key="anomaly_histogram",
        height=330,
        alt=_("How the scores of normal and of strange test samples spread, as two histograms."),
    )


def _confusion_table(counted: Confusion) -> None:
    st.markdown(_("**At this threshold**: number of samples"))
    st.markdown(
        "\n".join(
            [
                "| | " + _("alarm") + " | " + _("no alarm") + " |",
                "|---|---|---|",
                "| {kind} | {caught}&nbsp;**{n_caught:,}** | {missed}&nbsp;**{n_missed:,}** |".format(
                    kind=_("strange"),
                    caught=_("caught"),
                    n_caught=counted.caught,
                    missed=_("missed"),
                    n_missed=counted.missed,
                ),
                "| {kind} | {false}&nbsp;**{n_false:,}** | {passed}&nbsp;**{n_passed:,}** |".format(
                    kind=_("normal"),
                    false=_("false alarms"),
                    n_false=counted.false_alarms,
                    passed=_("passed"),
                    n_passed=counted.passed,
                ),
            ]
        )
    )


def _area_table(found: "Detection", score: str) -> None:
    base = found.curves[score].base_rate
    st.markdown(_("**Over all thresholds**"), help=_(words.AUC_HELP).format(base=base))
    lines = ["| " + _("score") + " | ROC AUC | PR AUC |", "|---|--:|--:|"]
    for name, curves in found.curves.items():
        area = spread.number(found.areas[name], 3)
        cells = [_(words.SCORES[name]), area, f"{curves.auprc:.3f}"]
        if name == score:
            cells = [f"**{cell}**" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    st.markdown("\n".join(lines))


def _confusing(
    model_id: str, normal: tuple[int, ...], found: "Detection", score: str, limit: float
) -> None:
    """Strange samples that look normal, and normal ones that look strange."""
    low, high = confusing(found.scores[score], found.strange, SHOWN)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(_("**Strange, but with the lowest scores**"))
        _pictures(model_id, normal, low, score, limit, key="anomaly_low")
    with right:
        st.markdown(_("**Normal, but with the highest scores**"))
        _pictures(model_id, normal, high, score, limit, key="anomaly_high")
    st.caption(_("The number is the score; “!” marks an alarm."))


def _pictures(
    model_id: str,
    normal: tuple[int, ...],
    indices: tuple[int, ...],
    score: str,
    limit: float,
    *,
    key: str,
) -> None:
    shown = answers.score_test(model_id, normal, indices)
    shape = models.shape(model_id)
    captions = others.captions(shown.scores[score], score, limit)
    components.sample_rows(
        digits.compared(shown.originals, None, shown.x_hat, captions, shape),
        shape=shape,
        key=key,
        alt=_("Test samples, their reconstructions, and the difference, with the score of each."),
    )


def _curves(found: "Detection", score: str, counted: Confusion) -> None:
    names = {name: _(words.SCORES[name]) for name in found.curves}
    roc, precision_recall = st.columns(2, gap="medium")
    with roc:
        st.markdown(_("**ROC curve**: caught against false alarms"), help=_(words.ROC_HELP))
        charts.live_plot(
            figures.roc(
                {name: (c.fpr, c.tpr) for name, c in found.curves.items()},
                score,
                (counted.alarm_interval, counted.recall_interval),
                names=names,
                dark=is_dark(),
                _=_,
            ),
            key="anomaly_roc",
            height=320,
            alt=_("Share of strange samples caught over the share of false alarms, as lines."),
        )
    with precision_recall:
        st.markdown(
            _("**Precision-recall curve**: how many alarms are right"), help=_(words.PR_HELP)
        )
        precision = counted.precision_interval
        charts.live_plot(
            figures.precision_recall(
                {name: (c.recall, c.precision) for name, c in found.curves.items()},
                score,
                None if precision is None else (counted.recall_interval, precision),
                found.curves[score].base_rate,
                names=names,
                dark=is_dark(),
                _=_,
            ),
            key="anomaly_pr",
            height=320,
            alt=_("Share of alarms that are right over the share of strange samples caught."),
        )
