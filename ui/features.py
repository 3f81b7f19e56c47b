"""The features page: what classifiers and clusters make of the code, next to PCA and pixels."""

from typing import TYPE_CHECKING

import streamlit as st

from aecore.errors import N_
from aecore.figures import features as figures
from ui import charts, components, models
from ui.frame import is_dark
from ui.language import _

if TYPE_CHECKING:
    from aecore.questions.features import Classified, Clustering

FEATURES_ALL = "features_all_for"
"""Session: the model for which all numbers of labels are compared."""

N_LABELS = (50, 100, 500, 1000, 4000)

INPUTS = {"code": N_("autoencoder's code"), "pca": N_("PCA, same size"), "pixels": N_("all pixels")}

CLASSIFIERS = {
    "logistic": N_("logistic regression"),
    "knn": N_("nearest neighbours"),
    "forest": N_("random forest"),
}

LABELS_HELP = N_(
    "How many training digits come with their class. The autoencoder itself has learned from "
    "pictures without labels; only the small classifiers need them. The same digits for every "
    "input, all classes in equal shares."
)

CLASSIFIERS_HELP = N_(
    "Logistic regression weighs the numbers and can only draw straight borders between the "
    "classes. Nearest neighbours takes the most frequent class among the 5 most similar labelled "
    "digits. A random forest lets 100 decision trees vote. Accuracy is the share of test digits "
    "classified right; guessing gets about 10%."
)

CLUSTERS_HELP = N_(
    "k-means sorts the training digits into k groups of similar ones, without any labels. Purity: "
    "in each group, count the digits of its most frequent class; purity is their share of all "
    "digits. 100% means that no group mixes classes. More groups make purity rise by themselves."
)


@st.fragment
def classifiers(model_id: str) -> None:
    """Three classifiers on three inputs, with as many labels as the slider says."""
    settings, results = st.columns([1, 3.8], gap="medium")
    with settings:
        n_labels = st.select_slider(
            _("Digits with a label"), N_LABELS, 100, key="_n_labels", help=_(LABELS_HELP)
        )
        st.button(
            _("Compare all numbers of labels"),
            key="all_labels",
            on_click=_compare_all,
            args=(model_id,),
            help=_("Trains 45 small classifiers, which takes about half a minute."),
        )
    with results:
        with st.spinner(_("Training nine small classifiers …")):
            found = _classified(model_id, n_labels)
        _finding(found)
        table, matrix = st.columns([1.2, 1], gap="medium")
        with table:
            st.markdown(_table(found))
            st.caption(
                _(
                    "Test digits classified right, and seconds of training, on {n:,} test digits. "
                    "PCA has {components} components. One or two percentage points may be chance."
                ).format(n=found.n_test, components=found.components)
            )
        with matrix:
            _confusion(model_id, found)
    with st.container(key="all_numbers"):
        if st.session_state.get(FEATURES_ALL) == model_id:
            _by_labels(model_id)


def _compare_all(model_id: str) -> None:
    st.session_state[FEATURES_ALL] = model_id


def _classified(model_id: str, n_labels: int) -> "Classified":
    from aecore.questions import features  # imports torch: not before a page needs an answer

    return models.ask(model_id, features.classify, n_labels)


def _best(found: "Classified", name: str) -> float:
    return max(score.accuracy for score in found.scores[name].values())


def _finding(found: "Classified") -> None:
    best = {name: 100 * _best(found, name) for name in INPUTS}
    gain = best["code"] - max(best["pca"], best["pixels"])
    if gain > 1:
        verdict = _("**The code helps.**")
    elif gain < -1:
        verdict = _("**Here the code does not help.**")
    else:
        verdict = _("**About as good as without the code.**")
    says = _(
        "With {n:,} labelled digits the best classifier is right for **{code:.1f}%** of the test "
        "digits on the autoencoder's code, **{pca:.1f}%** on PCA, **{pixels:.1f}%** on the "
        "pixels."
    ).format(n=found.n_labels, **best)
    st.markdown(f"{says} {verdict}", help=_(CLASSIFIERS_HELP))


def _table(found: "Classified") -> str:
    head = ["", *(_(name) for name in CLASSIFIERS.values())]
    lines = ["| " + " | ".join(head) + " |", "|---|--:|--:|--:|"]
    for name, title in INPUTS.items():
        best = _best(found, name)
        cells = [_(title)]
        for kind in CLASSIFIERS:
            score = found.scores[name][kind]
            percent = f"{100 * score.accuracy:.1f}%"
            bold = f"**{percent}**" if score.accuracy == best else percent
            cells.append(
                _("{percent} ({seconds:.2f}\u00a0s)").format(percent=bold, seconds=score.seconds)
            )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _confusion(model_id: str, found: "Classified") -> None:
    title = _("**Which digits are mistaken for which**: {classifier} on the code").format(
        classifier=_(CLASSIFIERS[found.best])
    )
    st.markdown(title)
    names = models.class_names(model_id)
    figure = charts.drawn(
        figures.confusion, found.confusion, [names[c] for c in found.classes], dark=is_dark(), _=_
    )
    charts.show(figure, key="confusion", alt=title, height=360)


def _by_labels(model_id: str) -> None:
    with st.spinner(_("Training small classifiers with more and fewer labels …")):
        every = {n: _classified(model_id, n) for n in N_LABELS}
    gains = {
        n: _best(found, "code") - max(_best(found, "pca"), _best(found, "pixels"))
        for n, found in every.items()
    }
    most = max(gains, key=gains.__getitem__)
    if gains[most] > 0:
        says = _("The code gains most with {n:,} labels: {points:.1f} percentage points.")
    else:
        says = _("The code gains nothing; it comes closest with {n:,} labels: {points:.1f} points.")
    title = _("**Accuracy against labels**, the best classifier on each input.")
    st.markdown(title + " " + says.format(n=most, points=100 * gains[most]))
    figure = charts.drawn(
        figures.accuracy_by_labels,
        N_LABELS,
        {name: [_best(found, name) for found in every.values()] for name in INPUTS},
        names={name: _(title) for name, title in INPUTS.items()},
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="by_labels", alt=title, height=320)


@st.fragment
def clusters(model_id: str) -> None:
    """Groups found without labels: by codes, and by pixels."""
    st.subheader(_("Groups without labels"), help=_(CLUSTERS_HELP))
    settings, results = st.columns([1, 3.8], gap="medium")
    with settings:
        k = st.slider(_("Groups (k)"), 5, 20, 10, key="_k_clusters")
    with results:
        with st.spinner(_("Sorting the digits into groups …")):
            from aecore.questions import features

            found = models.ask(model_id, features.cluster, k)
        st.markdown(
            _("Purity **{code:.0f}%** by the code, **{pixels:.0f}%** by the pixels.").format(
                code=100 * found["code"].purity, pixels=100 * found["pixels"].purity
            )
        )
        names = models.class_names(model_id)
        titles = {"code": _("groups by the code"), "pixels": _("groups by the pixels")}
        for name, title in titles.items():
            _means(found[name], names, title, name)
        st.caption(
            _(
                "The mean image of each group; under it the most frequent class of the group and "
                "that class's share. Blurred means show groups that mix different shapes."
            )
        )


def _means(found: "Clustering", names: tuple[str, ...], title: str, name: str) -> None:
    captions = [
        f"{names[c]}\n{100 * share:.0f}%"
        for c, share in zip(found.classes, found.shares, strict=True)
    ]
    components.digit_rows(
        [components.Row(title, found.means, captions)],
        key=f"clusters_{name}",
        alt=_("The mean image of each group that k-means has found."),
    )
