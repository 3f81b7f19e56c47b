"""Challenges: a prediction is made and locked, then tried, then checked against what was measured.

Nothing is asked of a model, and no run looked at, before the learner presses a button.
"""

import streamlit as st

from aecore.errors import N_, LabError, StoreError
from aecore.topics import progress
from aecore.topics.challenge import About
from aecore.topics.challenges import BY_PAGE, CHALLENGES, Challenge, Choose, Quiz, Reach, Verdict
from ui.kit import browser_storage, language, models, own_runs, predict_first, session_link, state
from ui.kit.language import _

CHALLENGES_VERDICTS = "challenges_verdicts"
HEADLINE_DUE = "headline_due"
FILE_NAME = "autoencoder-lab-progress.json"

COMMIT_HELP = N_(
    "A prediction teaches most if it cannot be changed afterwards. A wrong one costs nothing."
)

UNFIT: dict[About, str] = {
    "classes": N_("It asks about classes, and nobody has labelled the data of this model."),
    "pictures": N_("It asks about pictures, and this model has learned other data."),
    "digits": N_("It asks about digits, and this model has learned other data."),
}
"""Why a challenge waits for another model."""

SURPRISED = N_("Not what you predicted. Good: now find out why.")
"""Said of a wrong prediction that has been tried."""


@st.fragment
def panel(page: str, model_id: str = "") -> None:
    """The challenges of a page, closed.

    Args:
        page: its key.
        model_id: the model that predictions are about; empty on the page that trains its own.
    """
    if st.session_state.pop(HEADLINE_DUE, False):
        state.rerun()  # what the page has found stands above, and has waited for the prediction
    found = BY_PAGE[page]
    label = _("Challenges · {done} of {all} done").format(
        done=sum(c.key in browser_storage.done() for c in found), all=len(found)
    )
    browser_storage.mount_progress(page)  # as all this may run without the rest of the page
    box = st.expander(
        label,
        # With another label it counts as another expander, which would be closed again.
        expanded=page in _at_work(),
        key=f"challenges_{page}",
        icon=":material/flag:",
        on_change="rerun",
    )
    if not box.open:
        return
    with box:
        st.caption(
            _("Commit to a prediction, try it on this page, and let the lab check it.")
            + " "
            + _("{done} of {all} challenges done in all.").format(
                done=len(browser_storage.done()), all=len(CHALLENGES)
            )
        )
        for challenge in found:
            _show(challenge, page, model_id)


def overview() -> None:
    """How much is done on all pages, and the file to keep it in."""
    st.progress(
        len(browser_storage.done()) / len(CHALLENGES),
        text=_("{done} of {all} challenges done in all.").format(
            done=len(browser_storage.done()), all=len(CHALLENGES)
        ),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _(
                "This browser keeps your progress, your language and your last settings for the next "
                "visit; nobody else sees them."
            ),
            width="content",
        )
        st.button(
            _("Forget what this browser keeps"),
            key="forget",
            type="tertiary",
            icon=":material/delete_history:",
            help=_(
                "Your progress starts afresh. Your runs are not deleted: that is done in ‘My runs’."
            ),
            on_click=_forget,
        )
    with st.expander(_("Save or restore your progress"), icon=":material/save:"):
        st.caption(
            _(
                "A file takes your progress along to another browser or computer. What it has is "
                "added to what is done here."
            )
        )
        st.download_button(
            _("Save progress"),
            progress.write(browser_storage.done()),
            file_name=FILE_NAME,
            mime="application/json",
            icon=":material/download:",
            key="save_progress",
            on_click="ignore",
        )
        st.file_uploader(
            _("Restore progress from a file"),
            key="_restore_progress",
            max_upload_size=progress.MOST_BYTES // 2**20,
            on_change=_restore,
        )


def _forget() -> None:
    browser_storage.forget()
    predict_first.committed().clear()
    _verdicts().clear()


def _restore() -> None:
    file = st.session_state["_restore_progress"]
    if file is None:
        return
    try:
        browser_storage.done().update(progress.read(file.getvalue(), CHALLENGES))
    except StoreError as error:
        state.notify(error)


def _verdicts() -> dict[str, Verdict]:
    return st.session_state.setdefault(CHALLENGES_VERDICTS, {})


def _at_work() -> set[str]:
    """Pages where a challenge has been done since the page was opened first."""
    return st.session_state.setdefault(state.CHALLENGES_AT_WORK, set())


def _show(challenge: Challenge, page: str, model_id: str) -> None:
    """One challenge: question, options, buttons, and what came of it."""
    key = challenge.key
    with st.container(border=True, key=f"challenge_{key}"):
        mark = (
            ":material/check_circle:"
            if key in browser_storage.done()
            else ":material/radio_button_unchecked:"
        )
        st.markdown(f"{mark} **{_(challenge.question)}**")
        if model_id and not challenge.fits(models.dataset(model_id)):
            other = _("Choose another model in the sidebar to take it up.")
            st.caption(f"{_(UNFIT[challenge.about])} {other}")
            return
        options = list(challenge.options)
        if isinstance(challenge, Quiz):
            options = challenge.shuffled(state.owner())
        committed = predict_first.committed().get(key)
        st.radio(
            _("Your answer") if isinstance(challenge, Quiz) else _("Your prediction"),
            options,
            index=options.index(committed) if committed else None,
            format_func=lambda option: _(challenge.options[option]),
            key=predict_first.answer_key(key),
            disabled=committed is not None,
            label_visibility="collapsed",
        )
        st.caption(_what_to_do(challenge, committed))
        with st.container(horizontal=True):
            _buttons(challenge, page, model_id, committed)
        with st.container(key=f"verdict_{key}"):
            _verdict(challenge)


def _what_to_do(challenge: Challenge, committed: str | None) -> str:
    if isinstance(challenge, (Choose, Reach)) and committed:
        return _("Now try it: {how}").format(how=_(challenge.how))
    if isinstance(challenge, Quiz):
        return _("Answered: see below.") if committed else _("Choose an answer.")
    return _("Predict first.")


def _buttons(challenge: Challenge, page: str, model_id: str, committed: str | None) -> None:
    """Commit, then check; start again; and, for a goal, a setting to begin with."""
    key = challenge.key
    chosen = st.session_state.get(predict_first.answer_key(key))
    is_quiz = isinstance(challenge, Quiz)
    if committed is None or is_quiz:
        st.button(
            _("Answer") if is_quiz else _("That is my prediction"),
            key=f"commit_{key}",
            type="primary",
            disabled=chosen is None or committed is not None,
            help=None if is_quiz else _(COMMIT_HELP),
            on_click=_commit,
            args=(key, page, chosen),
        )
    elif st.button(_("Check"), key=f"check_{key}", type="primary"):
        _check(challenge, page, model_id, committed)
    st.button(
        _("Try again"),
        key=f"again_{key}",
        icon=":material/replay:",
        disabled=committed is None,
        on_click=_start_again,
        args=(key,),
    )
    if isinstance(challenge, Reach) and st.button(
        _(challenge.start.label), key=f"start_{key}", icon=":material/tune:"
    ):
        state.set_experiment(challenge.start.experiment)
        st.switch_page("pages/train.py", query_params=session_link.link())


def _commit(key: str, page: str, prediction: str) -> None:
    was_shown = predict_first.is_shown(key)
    predict_first.commit(key, prediction)
    challenge = CHALLENGES[key]
    if isinstance(challenge, Quiz):
        _take(challenge, page, challenge.check(prediction))
    elif not was_shown:
        st.session_state[HEADLINE_DUE] = True


def _start_again(key: str) -> None:
    predict_first.committed().pop(key, None)
    _verdicts().pop(key, None)
    st.session_state[predict_first.answer_key(key)] = None


def _check(challenge: Challenge, page: str, model_id: str, prediction: str) -> None:
    """Asks the model, or looks at the runs; what is missing is said."""
    try:
        with st.spinner(_("Measuring …")):
            if isinstance(challenge, Choose):
                observed = models.ask(model_id, challenge.observe)
                verdict = challenge.check(prediction, observed)
            else:
                assert isinstance(challenge, Reach)
                verdict = challenge.check(prediction, challenge.observe(own_runs.own_runs()))
    except LabError as error:
        verdict = Verdict(done=False, right=False, said=error.sentence, explanation="")
    was_done = challenge.key in browser_storage.done()
    _take(challenge, page, verdict)
    if verdict.done and not was_done:
        state.rerun()  # the count stands above


def _take(challenge: Challenge, page: str, verdict: Verdict) -> None:
    _verdicts()[challenge.key] = verdict
    if verdict.done:
        _at_work().add(page)
        browser_storage.done()[challenge.key] = "right" if verdict.right else "surprised"


def _verdict(challenge: Challenge) -> None:
    """What was measured, whether the prediction holds, and why it is so."""
    verdict = _verdicts().get(challenge.key)
    if verdict is None:
        return
    said = language.say(verdict.said) if verdict.said else ""
    if not verdict.done:
        text = f"{said} {_(verdict.explanation)}".strip()
        st.info(text, icon=":material/info:")
        return
    judged = "" if isinstance(challenge, Quiz) else _judged(verdict)
    parts = (f"**{judged}**" if judged else "", said, _(verdict.explanation))
    text = " ".join(part for part in parts if part)
    if verdict.right:
        st.success(text, icon=":material/check:")
    else:
        st.info(text, icon=":material/lightbulb:")


def _judged(verdict: Verdict) -> str:
    return _("As you predicted.") if verdict.right else _(SURPRISED)
