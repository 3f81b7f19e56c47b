"""The features page: what classifiers and clusters make of the code, next to PCA and the data."""

from typing import TYPE_CHECKING

import streamlit as st

from aecore.analysis.intervals import Interval, verdict
from aecore.data import datasets
from aecore.errors import N_
from aecore.parts.datasets import DatasetSpec
from aecore.shapes import Shape
from aecore.topics.features import figures as figures
from ui.kit import charts, components, kinds, layout, models, predict_first, spread
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.features.ask import Classified, Clustering

FEATURES_ALL = "features_all_for"
"""Session: the model for which all numbers of labels are compared."""

N_LABELS = (50, 100, 500, 1000)
"""And all that there are, where these are not more."""

MOST = datasets.DATASETS[datasets.BUNDLED].n_train
"""Labels that are ever looked at: of all bundled digits."""

FEWEST_MOST_GROUPS = 10
"""Groups that the slider reaches to, however few classes there are."""

INPUTS = {
    "code": N_("autoencoder's code"),
    "pca": N_("PCA, same size"),
    "pixels": N_("all {numbers}"),
}
"""What classifiers get -> what it is called."""

CLASSIFIERS = {
    "logistic": N_("logistic regression"),
    "knn": N_("nearest neighbours"),
    "forest": N_("random forest"),
}

VERDICTS = {
    "better": N_("**The code helps.**"),
    "worse": N_("**Here the code does not help.**"),
    "unclear": spread.NO_DIFFERENCE_SENTENCE,
}

LABELS_HELP = N_(
    "How many training {many} come with their class. The autoencoder itself has learned without "
    "labels; only the small classifiers need them. The same ones for every input, all classes in "
    "equal shares as far as there are enough of each. Which ones they are is drawn several times, "
    "since that alone moves the result."
)

CLASSIFIERS_HELP = N_(
    "Logistic regression takes weighted sums of the numbers and can only draw straight "
    "borders between the classes. Nearest neighbours takes the most frequent class among "
    "the 5 most similar labelled {many}. A random forest lets 100 decision trees vote. "
    "Accuracy is the share of test {many} classified correctly; always naming the most frequent "
    "class gets {guess:.0f}%. Every input comes with one scale of its own."
)

CLUSTERS_HELP = N_(
    "k-means sorts the training {many} into k groups of similar ones, without any labels. Purity: "
    "in each group, count the {many} of its most frequent class; purity is their share of all. "
    "100% means that no group mixes classes. More groups make purity rise by themselves."
)


def without_labels(model_id: str) -> None:
    """Why there is nothing to see."""
    spec = models.dataset(model_id)
    st.info(
        _(
            "This page asks what a code says about the class, and nobody has labelled these {many}. "
            "Choose a model of labelled data in the sidebar."
        ).format(many=kinds.many(spec)),
        icon=":material/info:",
    )


def n_labels_of(model_id: str) -> tuple[int, ...]:
    """Numbers of labels to choose from."""
    most = min(models.dataset(model_id).n_train, MOST)
    return (*(n for n in N_LABELS if n < most), most)


def _called(name: str, spec: DatasetSpec) -> str:
    """What an input is called."""
    return _(INPUTS[name]).format(numbers=kinds.numbers(spec.shape.kind))


@st.fragment
def classifiers(model_id: str) -> None:
    """Three classifiers on three inputs, with as many labels as the slider says."""
    settings, results = layout.beside("classifiers")
    spec, numbers = models.dataset(model_id), n_labels_of(model_id)
    with settings:
        n_labels = st.select_slider(
            _("Digits with a label")
            if spec.key == datasets.BUNDLED
            else _("{many} with a label").format(many=kinds.many(spec)).capitalize(),
            numbers,
            100,
            key="_n_labels" if spec.key == datasets.BUNDLED else f"_n_labels_{numbers[-1]}",
            help=_(LABELS_HELP).format(many=kinds.many(spec)),
        )
        st.button(
            _("Compare all numbers of labels"),
            key="all_labels",
            on_click=_compare_all,
            args=(model_id,),
            help=_("Trains some 170 small classifiers, which takes about a minute."),
        )
    with results:
        with st.spinner(_("Training small classifiers, with several draws of labels …")):
            found = _classified(model_id, n_labels)
        _finding(found, spec)
        table, matrix = st.columns([1.2, 1], gap="medium")
        with table:
            st.markdown(_table(found, spec))
            st.caption(f"{_measured(found, spec)} {_seconds(found, spec)}", help=_(spread.HELP))
        with matrix:
            _confusion(model_id, found)
    with st.container(key="all_numbers"):
        if st.session_state.get(FEATURES_ALL) == model_id:
            _by_labels(model_id)


def _compare_all(model_id: str) -> None:
    st.session_state[FEATURES_ALL] = model_id


def _classified(model_id: str, n_labels: int) -> "Classified":
    from aecore.topics.features import (
        ask as features,  # imports torch: not before a page needs an answer
    )

    return models.ask(model_id, features.classify, n_labels)


def _finding(found: "Classified", spec: DatasetSpec) -> None:
    says = _(
        "With {n:,} labelled {many} the classifier that is best on validation data is right for "
        "**{code:.1f}%** of the test {many} on the autoencoder's code, **{pca:.1f}%** on PCA, "
        "**{pixels:.1f}%** on the {numbers}."
    ).format(
        many=kinds.many(spec),
        numbers=kinds.numbers(spec.shape.kind),
        n=found.n_labels,
        **{name: 100 * found.accuracy(name).value for name in INPUTS},
    )
    rival = min(found.gains, key=lambda name: found.gains[name].value)
    gap = _("Code against {rival}: {points} percentage points.").format(
        rival=_called(rival, spec), points=spread.signed(found.gain.times(100), 1)
    )
    said = _(VERDICTS[verdict(found.gain)])
    about = _(CLASSIFIERS_HELP).format(many=kinds.many(spec), guess=100 * found.guess)
    st.markdown(f"{says} {gap} {said}", help=f"{about} {_(spread.HELP)}")


def _table(found: "Classified", spec: DatasetSpec) -> str:
    head = ["", *(_(name) for name in CLASSIFIERS.values())]
    lines = ["| " + " | ".join(head) + " |", "|---|--:|--:|--:|"]
    for name in INPUTS:
        cells = [_called(name, spec)]
        for kind in CLASSIFIERS:
            accuracy = spread.plus_minus(found.scores[name][kind].accuracy.times(100), 1, "%")
            cells.append(f"**{accuracy}**" if kind == found.best[name] else accuracy)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _measured(found: "Classified", spec: DatasetSpec) -> str:
    if found.n_draws == 1:
        return _(
            "Classified right, with a 95% interval, on {n:,} test {many}. PCA has {components} "
            "components."
        ).format(many=kinds.many(spec), n=found.n_test, components=found.components)
    return _(
        "Classified right, with a 95% interval, on {n:,} test {many} and over {draws} draws of "
        "labels. PCA has {components} components."
    ).format(
        many=kinds.many(spec), n=found.n_test, draws=found.n_draws, components=found.components
    )


def _seconds(found: "Classified", spec: DatasetSpec) -> str:
    """How long trainings on the smallest and the largest input take."""
    taken = {
        name: ", ".join(f"{found.scores[name][kind].seconds:.2f}" for kind in CLASSIFIERS)
        for name in ("code", "pixels")
    }
    return _(
        "Seconds of training, in this order: {code} on the code, {pixels} on the {numbers}."
    ).format(numbers=kinds.numbers(spec.shape.kind), **taken)


def _confusion(model_id: str, found: "Classified") -> None:
    title = _("**Which classes are mistaken for which**: {classifier} on the code").format(
        classifier=_(CLASSIFIERS[found.best["code"]])
    )
    st.markdown(title)
    names = models.class_names(model_id)
    figure = charts.drawn(
        figures.confusion, found.confusion, [names[c] for c in found.classes], dark=is_dark(), _=_
    )
    charts.show(figure, key="confusion", alt=title, height=360)


def _by_labels(model_id: str) -> None:
    spec, numbers = models.dataset(model_id), n_labels_of(model_id)
    with st.spinner(_("Training small classifiers with more and fewer labels …")):
        every = {n: _classified(model_id, n) for n in numbers}
    title = _("**Accuracy against labels**, the best classifier on each input.")
    says = _gains({n: found.gain for n, found in every.items()})
    st.markdown(f"{title} {says}", help=_(spread.HELP))
    figure = charts.drawn(
        figures.accuracy_by_labels,
        numbers,
        {name: [found.accuracy(name) for found in every.values()] for name in INPUTS},
        names={name: _called(name, spec) for name in INPUTS},
        many=kinds.many(spec),
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="by_labels", alt=title, height=320)


def _gains(gains: dict[int, Interval]) -> str:
    """For which numbers of labels the code gives more, or less, than PCA and pixels do."""
    said = {
        word: ", ".join(f"{n:,}" for n, gain in gains.items() if verdict(gain) == word)
        for word in ("better", "worse", "unclear")
    }
    says = {
        "better": _("The code helps with {labels} labels."),
        "worse": _("It is behind PCA or the raw data with {labels} labels."),
        "unclear": _("No difference that could be seen with {labels} labels."),
    }
    return " ".join(says[word].format(labels=n) for word, n in said.items() if n)


@st.fragment
def clusters(model_id: str) -> None:
    """Groups found without labels: by codes, and by the samples themselves."""
    spec = models.dataset(model_id)
    st.subheader(_("Groups without labels"), help=_(CLUSTERS_HELP).format(many=kinds.many(spec)))
    settings, results = layout.beside("clusters")
    with settings:
        classes = len(spec.classes)
        low, high = max(2, classes // 2), max(2 * classes, FEWEST_MOST_GROUPS)
        k = st.slider(_("Groups (k)"), low, high, classes, key=f"_k_clusters_{classes}")
    with results:
        with st.spinner(_("Sorting the {many} into groups …").format(many=kinds.many(spec))):
            from aecore.topics.features import ask as features

            found = models.ask(model_id, features.cluster, k)
        predict_first.headline(
            "features-clusters",
            _("Purity **{code:.0f}%** by the code, **{pixels:.0f}%** by the {numbers}.").format(
                code=100 * found["code"].purity,
                pixels=100 * found["pixels"].purity,
                numbers=kinds.numbers(spec.shape.kind),
            ),
            spec=spec,
        )
        names = models.class_names(model_id)
        by_numbers = _("groups by the {numbers}").format(numbers=kinds.numbers(spec.shape.kind))
        titles = {"code": _("groups by the code"), "pixels": by_numbers}
        for name, title in titles.items():
            _means(found[name], names, title, name, models.shape(model_id))
        st.caption(
            _(
                "The mean of each group; under it the most frequent class of the group and that "
                "class's share."
            )
            + " "
            + (
                _("Blurred means show groups that mix different shapes.")
                if spec.shape.kind == "picture"
                else ""
            )
        )


def _means(
    found: "Clustering", names: tuple[str, ...], title: str, name: str, shape: Shape
) -> None:
    captions = [
        f"{names[c]}\n{100 * share:.0f}%"
        for c, share in zip(found.classes, found.shares, strict=True)
    ]
    components.sample_rows(
        [components.Row(title, found.means, captions)],
        shape=shape,
        key=f"clusters_{name}",
        alt=_("The mean of each group that k-means has found."),
    )
