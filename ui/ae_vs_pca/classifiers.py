"""How much either code says about the class, as far as simple classifiers can read it."""

import streamlit as st

from aecore.data import datasets
from aecore.errors import N_
from aecore.topics.ae_vs_pca import figures as figures
from ui.kit import charts, models
from ui.kit.frame import is_dark
from ui.kit.language import _

KNN_HELP = N_(
    "Nearest neighbours gives a test digit the class that is most frequent among the 5 "
    "training digits with the nearest codes. Logistic regression takes weighted sums of "
    "the numbers of the code and picks the class with the largest sum: it can only draw "
    "straight borders. Neither classifier took part when the codes were learned, and "
    "they were learned without labels."
)


def panel(model_id: str) -> None:
    """Accuracies on the autoencoder's code, on PCA's of the same size, and on the pixels."""
    with st.spinner(_("Training six small classifiers, which takes a few seconds …")):
        from aecore.topics.ae_vs_pca import ask as comparison

        found = {
            _("autoencoder's code"): models.ask(model_id, comparison.probe_model),
            _("PCA code, same size"): models.ask(model_id, comparison.probe_pca),
            _("all pixels"): models.ask(model_id, comparison.probe_pixels),
        }
    ours, theirs, _pixels = found.values()
    finding = _(
        "Nearest neighbours classify **{ours:.1f}%** of the test digits correctly from "
        "the autoencoder's code, **{theirs:.1f}%** from PCA's."
    ).format(ours=100 * ours.knn, theirs=100 * theirs.knn)
    st.markdown(finding, help=_(KNN_HELP))
    figure = charts.drawn(
        figures.accuracies,
        list(found),
        {
            _("nearest neighbours"): [accuracy.knn for accuracy in found.values()],
            _("logistic regression"): [accuracy.logistic for accuracy in found.values()],
        },
        dark=is_dark(),
        _=_,
    )
    charts.show(figure, key="accuracies", alt=finding, height=350)
    spec = datasets.DATASETS[datasets.BUNDLED]
    st.caption(
        _(
            "Trained on up to {n_train:,} training digits with their labels, tested on up to "
            "{n_test:,} test digits; guessing gets about 10%. A difference of one or two "
            "percentage points may be chance. A code can be good for drawing and bad for "
            "telling classes apart: it was only trained to draw."
        ).format(n_train=spec.n_train, n_test=spec.n_test)
    )
