"""From one sample to another: through the latent space, and by fading one into the other."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.parts.datasets import DatasetSpec
from aecore.shapes import Kind
from ui.kit import components, kinds, layout, models
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.latent_space.ask import Codes

SEED = "latent_space_walk_seed"
FROM, TO = 1, 0
STEPS = 11


@st.fragment
def two_samples(model_id: str, codes: "Codes") -> None:
    """Two test samples to choose, and the two ways between them."""
    settings, results = layout.beside("walk")
    with settings:
        start, end = _choose(models.class_names(model_id), codes.labels)
    spec = models.dataset(model_id)
    with results, st.spinner(_("Running the model …")):
        from aecore.topics.latent_space import ask as latent_map

        answer = models.ask(model_id, latent_map.walk, start, end, STEPS)
        captions = [f"{round(100 * t)}%" for t in np.linspace(0, 1, STEPS)]
        components.sample_rows(
            [
                components.Row(_("through the code"), answer.decoded),
                components.Row(_(FADED[spec.shape.kind]), answer.faded, captions),
            ],
            shape=spec.shape,
            key="walk",
            alt=_("Samples on the way from one to the other, above their cross-fade."),
        )
        st.markdown(_(_middle(spec)))
        st.caption(
            _(
                "Above: even steps on the straight line between the two codes ({distance:.2f} "
                "apart), each decoded; its ends are the two reconstructions. Below: the same steps "
                "between the two originals themselves."
            ).format(distance=answer.distance)
        )


FADED: dict[Kind, str] = {
    "picture": N_("cross-fade of pixels"),
    "series": N_("mixture of both series"),
    "row": N_("mixture of both rows"),
}
"""Kind of data -> the way that needs no model."""

DIGITS_MIDDLE = N_(
    "Look at the middle. The **cross-fade** lays two transparent digits on top of each "
    "other. On the **way through the code**, strokes bend, open and close: the decoder "
    "draws every place in between as some digit, or as a blur where it has seen none."
)

MIDDLE: dict[Kind, str] = {
    "picture": N_(
        "Look at the middle. The **cross-fade** lays two transparent pictures on top of each other. "
        "On the **way through the code** the decoder draws every place in between by itself, as "
        "something like what it has learned, or as a blur where it has seen nothing."
    ),
    "series": N_(
        "Look at the middle. The **mixture** is the mean of both curves, whatever their peaks become "
        "by that. On the **way through the code** the decoder draws every place in between by "
        "itself, as a course like those that it has learned."
    ),
    "row": N_(
        "Look at the middle. In the **mixture** each feature is the mean of both, as if features had "
        "nothing to do with each other. On the **way through the code** the decoder moves them "
        "together, as they go together in the data that it has learned."
    ),
}
"""Kind of data -> what there is to see halfway."""


def _middle(spec: DatasetSpec) -> str:
    return DIGITS_MIDDLE if kinds.are_digits(spec) else MIDDLE[spec.shape.kind]


def _choose(names: tuple[str, ...], labels: NDArray[np.int64]) -> tuple[int, int]:
    """The test samples at both ends, each the first of its class in a seeded order; without labels
    the first and the last."""
    classes = np.unique(labels).tolist()
    seed = st.session_state.setdefault(SEED, 0)
    start = end = 0
    if names:
        start, end = (
            st.selectbox(
                title,
                classes,
                index=min(default, len(classes) - 1),
                format_func=names.__getitem__,
                key=f"_walk_{key}_{len(names)}",
            )
            for title, default, key in ((_("From"), FROM, "from"), (_("To"), TO, "to"))
        )
    st.button(_("Others"), icon=":material/casino:", key="walk_others", on_click=_other_seed)
    order = np.random.default_rng(seed).permutation(len(labels))
    first = order[labels[order] == start]
    last = order[labels[order] == end]
    return int(first[0]), int(last[-1])  # of the same class: not the same one twice


def _other_seed() -> None:
    st.session_state[SEED] += 1
