"""Headlines that answer a challenge wait until the learner has committed to a prediction.

What somebody has predicted is looked at with other eyes than what is merely read. Whoever does not
want to predict shows the headline with one click, and sees it from then on.
"""

import streamlit as st

from aecore.parts.datasets import DatasetSpec
from aecore.topics.challenges import CHALLENGES
from ui.kit import browser_storage
from ui.kit.language import _

COMMITTED = "challenges_committed"
SHOWN = "headlines_shown"


def committed() -> dict[str, str]:
    """The learner's predictions: key of the challenge -> option."""
    return st.session_state.setdefault(COMMITTED, {})


def commit(key: str, option: str) -> None:
    """Locks a prediction, here and in the panel of challenges; what answers it is shown from now on."""
    committed()[key] = option
    st.session_state[answer_key(key)] = option
    show(key)


def answer_key(key: str) -> str:
    """Of the widget in the panel of challenges that has the learner's answer."""
    return f"_answer_{key}"


def show(key: str) -> None:
    """Shows what answers a challenge, predicted or not."""
    shown: set[str] = st.session_state.setdefault(SHOWN, set())
    shown.add(key)


def is_shown(key: str) -> bool:
    """Whether what answers a challenge may be seen."""
    seen = key in committed() or key in st.session_state.get(SHOWN, ())
    return seen or key in browser_storage.done()


def waits(key: str, spec: DatasetSpec | None = None) -> bool:
    """Whether what answers a challenge waits for a prediction.

    Args:
        key: of the challenge.
        spec: the data that the model is asked about: nobody predicts what makes no sense for them.
    """
    fits = spec is None or CHALLENGES[key].fits(spec)
    return fits and not is_shown(key)


def headline(
    key: str, text: str, help: str | None = None, *, spec: DatasetSpec | None = None
) -> bool:
    """Writes what a page has found or, before a prediction, asks for one in its place.

    Args:
        key: of the challenge that the text answers.
        text: the headline, Markdown.
        help: of the headline.
        spec: as of `waits`.

    Returns:
        Whether it stands there: if not, whatever else answers the challenge waits as well.
    """
    challenge = CHALLENGES[key]
    if not waits(key, spec):
        st.markdown(text, help=help)
        if is_shown(key) and (predicted := committed().get(key)) is not None:
            option = _(challenge.options[predicted])
            st.caption(_("You predicted: {option}").format(option=option))
        return True
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"predict_{key}", gap="small"
    ):
        asked = _("**Predict first:** {question}").format(question=_(challenge.question))
        st.markdown(f":material/psychology_alt: {asked}")
        st.pills(
            _("Your prediction"),
            list(challenge.options),
            format_func=lambda option: _(challenge.options[option]),
            key=f"_predict_{key}",
            on_change=_predict,
            args=(key,),
            label_visibility="collapsed",
            wrap=True,
        )
        st.button(
            _("Show"),
            key=f"show_{key}",
            type="tertiary",
            on_click=show,
            args=(key,),
            help=_("Without a prediction. The challenge at the end of the page stays open."),
        )
    return False


def _predict(key: str) -> None:
    option = st.session_state[f"_predict_{key}"]
    if option is not None:
        commit(key, option)
