"""How much either code says about the class, as far as simple classifiers can read it."""

import numpy as np
import streamlit as st

from aecore.data import datasets
from aecore.errors import N_
from aecore.topics.ae_vs_pca import figures as figures
from ui.kit import charts, digits, kinds, models
from ui.kit.frame import is_dark
from ui.kit.language import _

KNN_HELP = N_(
    "Nearest neighbours gives a test sample the class that is most frequent among the 5 "
    "training samples with the nearest codes. Logistic regression takes weighted sums of "
    "the numbers of the code and picks the class with the largest sum: it can only draw "
    "straight borders. Neither classifier took part when the codes were learned, and "
    "they were learned without labels."
)


def panel(model_id: str) -> None:
    """Accuracies on the autoencoder's code, on PCA's of the same size, and on the pixels."""
    spec = models.dataset(model_id)
    if not spec.classes:
        st.info(kinds.unlabelled(spec), icon=":material/info:")
        return
    with st.spinner(_("Training six small classifiers, which takes a few seconds …")):
        from aecore.topics.ae_vs_pca import ask as comparison

        found = {
            _("autoencoder's code"): models.ask(model_id, comparison.probe_model),
            _("PCA code, same size"): models.ask(model_id, comparison.probe_pca),
            _("all {numbers}").format(numbers=kinds.numbers(spec.shape.kind)): models.ask(
                model_id, comparison.probe_pixels
            ),
        }
    ours, theirs, _pixels = found.values()
    finding = _(
        "Nearest neighbours classify **{ours:.1f}%** of the test {many} correctly from "
        "the autoencoder's code, **{theirs:.1f}%** from PCA's."
    ).format(many=kinds.many(spec), ours=100 * ours.knn, theirs=100 * theirs.knn)
    st.markdown(finding, help=_(KNN_HELP))
    figure = charts.drawn(
        figures.accuracies,
        list(found),
        {
            _("nearest neighbours"): [accuracy.knn for accuracy in found.values()],
            _("logistic regression"): [accuracy.logistic for accuracy in found.values()],
        },
        many=kinds.many(spec),
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="accuracies", alt=finding, height=350)
    labels = digits.test_errors(model_id).labels
    most = datasets.DATASETS[datasets.BUNDLED]
    st.caption(
        _(
            "Trained on up to {n_train:,} training {many} with their labels, tested on up to "
            "{n_test:,} test {many}; always naming the most frequent class gets {guess:.0f}%. A "
            "difference of one or two percentage points may be chance. A code can be good for "
            "reconstructing and bad for telling classes apart: it was only trained to reconstruct."
        ).format(
            n_train=min(most.n_train, spec.n_train),
            n_test=min(most.n_test, spec.n_test),
            many=kinds.many(spec),
            guess=100 * np.bincount(labels).max() / len(labels),
        )
    )
