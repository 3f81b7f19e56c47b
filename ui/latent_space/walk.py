"""From one digit to another: through the latent space, and by fading pixels."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ui.kit import components, layout, models
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.latent_space.ask import Codes

SEED = "latent_space_walk_seed"
FROM, TO = 1, 0
STEPS = 11


@st.fragment
def two_digits(model_id: str, codes: "Codes") -> None:
    """Two test digits to choose, and the two ways between them."""
    settings, results = layout.beside("walk")
    with settings:
        start, end = _choose(models.class_names(model_id), codes.labels)
    with results, st.spinner(_("Running the model …")):
        from aecore.topics.latent_space import ask as latent_map

        answer = models.ask(model_id, latent_map.walk, start, end, STEPS)
        captions = [f"{round(100 * t)}%" for t in np.linspace(0, 1, STEPS)]
        components.sample_rows(
            [
                components.Row(_("through the code"), answer.decoded),
                components.Row(_("cross-fade of pixels"), answer.faded, captions),
            ],
            shape=models.shape(model_id),
            key="walk",
            alt=_("Pictures on the way from one digit to the other, above their cross-fade."),
        )
        st.markdown(
            _(
                "Look at the middle. The **cross-fade** lays two transparent digits on top of each "
                "other. On the **way through the code**, strokes bend, open and close: the decoder "
                "draws every place in between as some digit, or as a blur where it has seen none."
            )
        )
        st.caption(
            _(
                "Above: even steps on the straight line between the two codes ({distance:.2f} "
                "apart), each decoded; its ends are the two reconstructions. Below: the same steps "
                "between the pixels of the two originals."
            ).format(distance=answer.distance)
        )


def _choose(names: tuple[str, ...], labels: NDArray[np.int64]) -> tuple[int, int]:
    """The test digits at both ends, each the first of its class in a seeded order."""
    classes = np.unique(labels).tolist()
    seed = st.session_state.setdefault(SEED, 0)
    start, end = (
        st.selectbox(
            title,
            classes,
            index=min(default, len(classes) - 1),
            format_func=names.__getitem__,
            key=f"_walk_{key}",
        )
        for title, default, key in ((_("From"), FROM, "from"), (_("To"), TO, "to"))
    )
    st.button(_("Others"), icon=":material/casino:", key="walk_others", on_click=_other_seed)
    order = np.random.default_rng(seed).permutation(len(labels))
    first = order[labels[order] == start]
    last = order[labels[order] == end]
    return int(first[0]), int(last[-1])  # of the same class: not the same digit twice


def _other_seed() -> None:
    st.session_state[SEED] += 1
