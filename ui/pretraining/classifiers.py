"""Accuracy against the number of labels, from pretrained and from random weights."""

import streamlit as st

from aecore.analysis.intervals import verdict
from aecore.data import datasets
from aecore.errors import LabError
from aecore.topics.pretraining import figures as figures
from aecore.topics.pretraining.measure import FINE_TUNED, FROZEN, RANDOM, Summary, check_classes
from ui.kit import background, charts, language, layout, models, spread
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.pretraining import answers, words

COUNTS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, datasets.DATASETS["mnist"].n_train)

SEEDS = (3, 5, 10)

TELLING = 100
"""The number of labels that the headline is about, if there is one."""


def panel(model_id: str) -> None:
    """Controls, and the chart in a fragment that ticks while classifiers train."""
    if not models.class_names(model_id):
        name = _(models.dataset(model_id).name)
        st.info(_(words.UNLABELLED).format(name=name), icon=":material/info:")
        return
    settings, results = layout.beside("few_labels")
    with settings:
        key = _controls(model_id)
    with results:
        background.watching(_results, *answers.names())(key)


def _controls(model_id: str) -> answers.Key:
    running = answers.is_running()
    data = _data(model_id, running)
    available = datasets.DATASETS[data].n_train
    low, high = st.select_slider(
        _("Labels from … to"),
        COUNTS,
        value=(100, 1_000),
        format_func=lambda n: f"{n:,}",
        key="_pretraining_labels",
        help=_(words.LABELS_HELP),
        disabled=running,
    )
    seeds = (
        st.segmented_control(
            _("Seeds"),
            SEEDS,
            default=SEEDS[0],
            required=True,
            key="_pretraining_seeds",
            help=_(words.SEEDS_HELP),
            disabled=running,
            wrap=True,
        )
        or SEEDS[0]
    )
    starts = st.pills(
        _("Pretrained weights"),
        [FROZEN, FINE_TUNED],
        default=[FROZEN, FINE_TUNED],
        selection_mode="multi",
        wrap=True,
        format_func=lambda start: _(words.SHORT[start]),
        key="_pretraining_starts",
        help=_(words.STARTS_HELP),
        disabled=running,
    )
    names = datasets.DATASETS[data].classes
    classes = tuple(
        sorted(
            st.multiselect(
                _("Classes"),
                range(len(names)),
                format_func=lambda c: _(names[c]),
                key="_pretraining_classes",
                help=_(words.CLASSES_HELP),
                placeholder=_("all"),
                disabled=running,
            )
        )
    )
    if classes:
        available = available * len(classes) // len(names)
    counts = [n for n in COUNTS if low <= n <= high and n <= available]
    key = (model_id, data, classes if len(classes) < len(names) else ())
    told = models.experiment(model_id).condition != "none"
    why_not = (
        _(words.TOLD)
        if told
        else _why_not(classes, high, available, is_digits=data == datasets.BUNDLED)
    )
    _buttons(key, counts, seeds, [RANDOM, *starts], why_not)
    return key


def _data(model_id: str, running: bool) -> str:
    data: str = st.selectbox(
        _("Labelled samples"),
        answers.data_choices(model_id),
        format_func=lambda key: _(datasets.DATASETS[key].title),
        key=f"_pretraining_data_{model_id}",
        help=_(words.DATA_HELP).format(n=datasets.DATASETS[datasets.BUNDLED].n_train),
        disabled=running,
    )
    return data


def _why_not(classes: tuple[int, ...], high: int, available: int, *, is_digits: bool) -> str:
    """What is wrong with the settings, or left out; empty if nothing is."""
    try:
        if classes:
            check_classes(classes)
    except LabError as error:
        return language.say(error)
    if high > available and available < COUNTS[-1]:
        says = _(
            "There are about {available:,} labelled training samples here, so larger numbers are "
            "left out."
        ).format(available=available)
        more = _(
            "Full MNIST has {most:,}: train once with the dataset MNIST on the page ‘Train’, and "
            "choose it under ‘Labelled samples’."
        ).format(most=datasets.DATASETS["mnist"].n_train)
        return f"{says} {more}" if is_digits else says
    return ""


def _buttons(
    key: answers.Key, counts: list[int], seeds: int, starts: list[str], why_not: str
) -> None:
    running = answers.is_running()
    total = len(counts) * seeds * len(starts)
    impossible = not counts or len(key[2]) == 1
    with st.container(horizontal=True, key="pretraining_buttons"):
        background.button(
            "pretraining",
            _("Train"),
            answers.start,
            *key,
            counts,
            seeds,
            starts,
            names=answers.names(),
            disabled=impossible,
            about=_("Classifiers to train: {n}, each in about a second or two.").format(n=total),
        )
        st.button(
            _("Clear results"),
            key="pretraining_clear",
            disabled=running or not answers.summaries(key),
            on_click=answers.clear,
            args=(key,),
        )
    with st.container(key="pretraining_why_not"):
        if why_not:
            st.info(why_not, icon=":material/info:")


def _results(key: answers.Key) -> None:
    """How far the training is, the finding, the chart and the numbers."""
    own = answers.summaries(key)
    example = answers.example_for(key[0])
    shown = own or answers.shipped_summaries(example)
    now = answers.training(key)
    background.progress(now, _status(now))
    st.markdown(_finding(shown), help=_(words.CHART_HELP))
    names = {start: _(name) for start, name in words.STARTS.items()}
    charts.show(
        charts.drawn(figures.accuracy_against_labels, shown, names=names, dark=is_dark(), _=_),
        key="pretraining_accuracy",
        alt=_("Test accuracy over the number of labels, one line for each start."),
        height=340,
    )
    st.caption(_source(key, own, example))
    st.markdown(_table(shown))


def _status(now: answers.Training | None) -> str:
    if now is None:
        return _("Shown: results that come with the lab. Press ‘Train’ for your own.")
    if not now.over:
        return _("Training classifier {n} of {total} …").format(n=now.done + 1, total=now.total)
    if now.done < now.total:
        return _("Cancelled after {done} of {total} classifiers.").format(
            done=now.done, total=now.total
        )
    return _("Done: {total} classifiers.").format(total=now.total)


def _percent(summary: Summary, start: str) -> str:
    accuracies = summary.starts[start]
    mean = f"{100 * accuracies.mean:.1f}%"
    return mean if accuracies.spread is None else f"{mean} ±\u00a0{100 * accuracies.spread:.1f}"


def _finding(shown: tuple[Summary, ...]) -> str:
    if not shown:
        return _("The first results come in a few seconds.")
    summary = min(shown, key=lambda s: abs(s.n_labels - TELLING))
    pretrained = [start for start in (FROZEN, FINE_TUNED) if start in summary.starts]
    if not pretrained:
        return _("With {n:,} labels: **{random}** from random weights.").format(
            n=summary.n_labels, random=_percent(summary, RANDOM)
        )
    best = max(pretrained, key=lambda start: summary.starts[start].mean)
    says = _(
        "With {n:,} labels: **{best}** from pretrained weights ({start}), **{random}** from random "
        "weights."
    ).format(
        n=summary.n_labels,
        best=_percent(summary, best),
        start=_(words.SHORT[best]),
        random=_percent(summary, RANDOM),
    )
    return f"{says} {_verdict(summary, best)}"


def _verdict(summary: Summary, best: str) -> str:
    """What the gain says, from pairs: both starts had the same labels and the same seed."""
    if len(summary.seeds) < 2:
        return _("One seed so far: the spread is not known yet.")
    gain = summary.gain_interval(best)
    says = {
        "better": _("**Pretraining helps**: {points} points."),
        "worse": _("**Pretraining harms here**: {points} points."),
        "unclear": _("Difference {points} points: no difference that could be seen."),
    }[verdict(gain)]
    return says.format(points=spread.signed(gain.times(100), 1))


def _source(key: answers.Key, own: tuple[Summary, ...], example: str) -> str:
    """Where the numbers come from, and what pretraining has seen."""
    seen = _(
        "Pretraining saw pictures without labels only, but many more of them than the labels here."
    )
    if own:
        says = _("Trained here, on {model}; tested on {n:,} pictures.").format(
            model=models.label(key[0]), n=datasets.DATASETS[key[1]].n_test
        )
        if answers.is_outdated(key):
            says += " " + _(
                "The model has been trained further since then: train again to see its "
                "current state."
            )
        return f"{says} {seen}"
    says = _(
        "Comes with the lab: the model {model} ({pictures:,} pictures without labels), full "
        "MNIST, {n_test:,} test pictures, 10 seeds (5 from 30,000 labels on)."
    ).format(
        model=models.label(example),
        pictures=answers.shipped_pictures(example),
        n_test=datasets.DATASETS["mnist"].n_test,
    )
    if example != key[0]:
        says += " " + _("Press ‘Train’ to see what {model} gives.").format(
            model=models.label(key[0])
        )
    return f"{says} {seen}"


def _table(shown: tuple[Summary, ...]) -> str:
    """All numbers; the gain is of the better pretrained start, seed by seed."""
    starts = list(shown[0].starts) if shown else [RANDOM]
    head = [_("labels"), *(_(words.STARTS[start]) for start in starts), _("gain, points")]
    lines = ["| " + " | ".join(head) + " |", "|" + "--:|" * len(head)]
    for summary in shown:
        pretrained = [start for start in starts if start != RANDOM]
        cells = [f"{summary.n_labels:,}", *(_percent(summary, start) for start in starts)]
        if pretrained:
            best = max(pretrained, key=lambda start: summary.starts[start].mean)
            gain = summary.gain_interval(best).times(100)
            half = f" ±\u00a0{gain.half_width:.1f}" if len(summary.seeds) > 1 else ""
            cells.append(f"{gain.value:+.1f}{half}")
        else:
            cells.append("–")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
