"""The page for teachers: a link that sets a task and fixes settings, and a QR code for it.

What a link locks or hides, only the widgets keep to: whoever edits the address, or opens it without
the fixed settings, can change everything. It keeps a class together; it is no safeguard.
"""

import io
from urllib.parse import urlsplit

import streamlit as st

from aecore.errors import N_
from aecore.files import pretrained
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.links import LONGEST_TASK, SETTINGS, VARIANT, Guidance
from aecore.spec.presets import PRESETS
from aecore.topics.challenges import BY_PAGE, CHALLENGES, Reach
from ui.kit import components, language, models, session_link, share, state
from ui.kit.language import _
from ui.kit.page_list import PAGES

NOW = ""
"""The choice of the experiment that the controls show."""

EXAMPLE = ""
"""The choice of each page's own example."""

QR_PIXELS = 300

ABOUT = N_(
    "Choose what your class is to see. The link opens the page with these settings in "
    "any browser that reaches this server. It keeps a class together but is not a "
    "security measure: everyone can open the page without the fixed settings."
)


def page() -> None:
    """The wishes at the left, the link and its QR code at the right."""
    wishes, result = st.columns([1.2, 1], gap="large")
    with wishes:
        st.markdown(_(ABOUT))
        page_key, experiment, query = _target()
        guidance = _guidance(page_key)
        _warn_if_hindered(guidance, experiment)
    with result:
        file = PAGES[page_key].file
        path = "" if page_key == "home" else file.removeprefix("pages/").removesuffix(".py")
        of_class, of_projector = (
            share.address(query | session_link.guidance_query(guidance, big), path)
            for big in (False, True)
        )
        _for_class(of_class)
        _for_projector(of_projector)


def _warn_if_hindered(guidance: Guidance, experiment: Experiment) -> None:
    """Says so while what the link fixes keeps the class from its challenge."""
    challenge = CHALLENGES.get(guidance.challenge)
    fixed = guidance.locked | guidance.hidden
    hindered = challenge.hindered(experiment, fixed) if isinstance(challenge, Reach) else ()
    with st.container(key="teach_hindered"):
        if hindered:
            st.warning(
                _(
                    "The class cannot meet this challenge: it must change {settings}, which this "
                    "link locks or hides."
                ).format(settings=", ".join(map(_title, hindered))),
                icon=":material/lock:",
            )


def _for_projector(link: str) -> None:
    """The same in large type, for the teacher's own screen."""
    st.markdown(_("**For the projector**: the same in large type"))
    components.copy_text(link, key="teach_projector_link")
    st.link_button(_("Open for the projector"), link, icon=":material/open_in_new:")


def _target() -> tuple[str, Experiment, dict[str, str]]:
    """Where the link leads: the page, and the experiment, and the parameters of
    language, experiment and model."""
    left, right = st.columns(2)
    with left:
        page_key = st.selectbox(
            _("Page"),
            [key for key in PAGES if key != "teach"],
            index=1,
            format_func=lambda key: _(PAGES[key].title),
            key="_teach_page",
        )
    with right:
        spoken = st.segmented_control(
            _("Language"),
            list(language.LANGUAGES),
            default=language.current(),
            required=True,
            format_func=language.LANGUAGES.__getitem__,
            key="_teach_language",
            wrap=True,
        )
    left, right = st.columns(2)  # a row of their own, as a menu is higher than the buttons above
    with left:
        preset = st.selectbox(
            _("Settings"),
            [NOW, *PRESETS],
            format_func=lambda key: _(PRESETS[key].title) if key else _("as on Train now"),
            key="_teach_preset",
            help=_("What Train begins with: set it there first, or take a preset."),
        )
    with right:
        model = st.selectbox(
            _("Model"),
            [EXAMPLE, *pretrained.available()],
            format_func=lambda name: models.label(name) if name else _("each page's example"),
            key="_teach_model",
            help=_("What the other pages show until learners have trained a model of their own."),
        )
    experiment = state.experiment() if preset == NOW else PRESETS[preset].experiment
    query = {state.LANGUAGE: spoken} | session_link.experiment_query(experiment)
    return page_key, experiment, query | ({state.MODEL: model} if model else {})


def _guidance(page_key: str) -> Guidance:
    """What is set, locked and hidden.

    Args:
        page_key: where the link leads; only challenges of this page can be set.
    """
    found = BY_PAGE.get(page_key, ())
    challenge = st.selectbox(
        _("Challenge"),
        ["", *(c.key for c in found)],
        format_func=lambda key: _(CHALLENGES[key].question) if key else _("none"),
        key=f"_teach_challenge_{page_key}",
        disabled=not found,
        help=_("Shown at the top; the challenges of the page are open from the start."),
    )
    everything = st.toggle(
        _("Lock all settings"),
        key="_teach_all",
        help=_("They stay visible, but cannot be changed."),
    )
    locked = st.multiselect(
        _("Locked settings"),
        SETTINGS,
        format_func=_title,
        key="_teach_lock",
        disabled=everything,
        placeholder=_("none"),
        help=_("Visible, but cannot be changed."),
    )
    hidden = st.multiselect(
        _("Hidden settings"),
        SETTINGS,
        format_func=_title,
        key="_teach_hide",
        placeholder=_("none"),
        help=_("Hidden completely, so that the others stand out."),
    )
    task = st.text_area(
        _("Task"),
        max_chars=LONGEST_TASK,
        height=90,
        key="_teach_task",
        placeholder=_("For example: find the smallest code that still tells a 4 from a 9."),
        help=_("Shown at the top of every page, as plain text."),
    )
    return Guidance(
        locked=frozenset(SETTINGS if everything else locked),
        hidden=frozenset(hidden),
        task=" ".join(task.split()),
        challenge=challenge,
    )


def _title(name: str) -> str:
    return _("Variant") if name == VARIANT else _(SPECS[name].title)


def _for_class(link: str) -> None:
    """The link in normal type, as on the learners' own screens, and its QR code."""
    import segno

    st.markdown(_("**For the class**: copy the link, or show the QR code"))
    components.copy_text(link, key="teach_link")
    if (urlsplit(link).hostname or "") in ("localhost", "127.0.0.1", "::1"):
        st.caption(
            _(
                "This address works on this computer only. For others, open the lab at its network "
                "address first."
            )
        )
    try:
        picture = qr_code(link)
    except segno.DataOverflowError:
        st.warning(
            _("The link is too long for a QR code: shorten the task, or hide fewer settings.")
        )
        return
    st.image(picture, width=QR_PIXELS, alt=_("A QR code of the link."))
    with st.container(horizontal=True):
        st.download_button(
            _("QR code as SVG"),
            picture,
            file_name="autoencoder-lab-link.svg",
            mime="image/svg+xml",
            icon=":material/download:",
            key="teach_qr",
            on_click="ignore",
        )
        st.link_button(_("Try it"), link, icon=":material/open_in_new:")


def qr_code(link: str) -> str:
    """The link as a QR code: SVG, black on white also in the dark theme, with its quiet zone.

    Raises:
        segno.DataOverflowError: it is longer than about 2,900 characters.
    """
    import segno

    file = io.BytesIO()
    code = segno.make_qr(link, error="l")
    code.save(file, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False)
    return file.getvalue().decode()
