"""Widgets built from the fields of an experiment: limits, help and unit come from the fields."""

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from aecore.data import datasets
from aecore.errors import N_, ExperimentError
from aecore.spec import variants
from aecore.spec.experiment import SPECS, Experiment, suitable
from aecore.spec.fields import Choice, Classes, Number, Spec, Switch, Widths
from aecore.spec.presets import PRESETS
from ui.kit import echoes, state
from ui.kit.language import _

PRESET = "preset"

PARTS = {
    "data": N_("Data"),
    "network": N_("Network"),
    "code": N_("Code"),
    "corruption": N_("Input noise"),
    "penalty": N_("Penalty"),
    "training": N_("Training"),
    "stop": N_("Stop rules"),
}


FULL = "mnist"
"""The dataset of which the bundled digits are a part."""

LOCKED_HELP = N_("Set by your teacher: the link fixes it.")


def is_hidden(name: str) -> bool:
    return name in state.guidance().hidden


def is_locked(name: str) -> bool:
    return name in state.guidance().locked


def _locked_help(name: str) -> str | None:
    return _(LOCKED_HELP) if is_locked(name) else None


def variant_menu() -> None:
    """Chooses the variant; the sentence below says what it changes."""
    if is_hidden(state.VARIANT):
        return
    key = state.widget_key(state.VARIANT)
    echoes.show(key, state.experiment().variant)
    st.selectbox(
        _("Variant"),
        list(variants.VARIANTS),
        format_func=lambda v: _(variants.VARIANTS[v].title),
        key=key,
        on_change=_change_variant,
        disabled=is_locked(state.VARIANT),
        help=_locked_help(state.VARIANT),
    )
    st.caption(_(variants.get(state.experiment().variant).changes))


def _change_variant() -> None:
    """Takes the preset of a variant, but keeps data and seed: they are not what it is about."""
    old = state.experiment()
    key = state.widget_key(state.VARIANT)
    chosen = st.session_state[key]
    if echoes.is_echo(key, variants.VARIANTS.__contains__):
        return
    kept = {name: getattr(old, name) for name in ("dataset", "n_train", "classes", "seed")}
    try:
        state.set_experiment(variants.build(chosen, **kept))
    except ExperimentError as error:
        state.notify(error)


def take_variant(key: str) -> None:
    """Takes the preset of a variant on the data of now; where these cannot go together, on the
    bundled digits, and says so."""
    try:
        chosen = variants.build(key, dataset=state.experiment().dataset)
    except ExperimentError as error:
        state.notify(error)
        chosen = variants.get(key).experiment
    state.set_experiment(chosen)


def preset_menu() -> None:
    """Takes a ready-made experiment: another variant, so it stands and falls with that menu."""
    if is_hidden(state.VARIANT):
        return
    key = state.widget_key(PRESET)
    chosen = st.session_state.get(PRESET)
    echoes.show(key, chosen)
    st.selectbox(
        _("Presets"),
        list(PRESETS),
        index=None,
        placeholder=_("choose one"),
        format_func=lambda p: _(PRESETS[p].title),
        key=key,
        on_change=_change_preset,
        disabled=is_locked(state.VARIANT),
        help=_locked_help(state.VARIANT),
    )
    if chosen is not None:
        st.caption(_(PRESETS[chosen].watch))


def _change_preset() -> None:
    key = state.widget_key(PRESET)
    if echoes.is_echo(key, lambda told: told is None or told in PRESETS):
        return
    st.session_state[PRESET] = chosen = st.session_state[key]
    if chosen is not None:
        dataset = state.experiment().dataset
        try:
            state.set_experiment(PRESETS[chosen].experiment.moved_to(dataset))
        except ExperimentError as error:
            state.notify(error)


def front_fields() -> tuple[str, ...]:
    """The important few: code size, what the variant is about, epochs."""
    experiment = state.experiment()
    front = variants.get(experiment.variant).front
    return ("latent_dim", *(n for n in front if experiment.matters(n)), "epochs")


def more_settings() -> None:
    """The other settings, behind a click: until then none of their many widgets is made.

    They take a third of the page's time. What stands at its top stays when they are opened.
    """
    box = st.expander(_("More settings"), key=state.MORE_SETTINGS, on_change=state.keep_notices)
    with box:
        more_fields(box.open is True)


def more_fields(is_open: bool = True) -> None:
    """A widget for each of the others that matter in this experiment, part by part."""
    front, experiment = front_fields(), state.experiment()
    more = [name for name in SPECS if name not in front and experiment.matters(name)]
    shown = [name for name in more if not is_hidden(name)]
    if not shown:
        st.caption(_("The link hides all further settings."))
    if not is_open:
        return
    for part, title in PARTS.items():
        names = [name for name in shown if SPECS[name].part == part]
        if names:
            st.markdown(f"**{_(title)}**")
            fields(names)


def fields(names: Sequence[str]) -> None:
    """A widget for each of these fields; a change goes into the session's experiment."""
    for name in names:
        if not is_hidden(name):
            _field(name, SPECS[name], state.experiment())


def _field(name: str, spec: Spec, experiment: Experiment) -> None:
    key = state.widget_key(name)
    value = getattr(experiment, name)
    title, unit = _(spec.title), _(spec.unit)
    common: dict[str, Any] = {
        "label": f"{title} ({unit})" if unit and unit != title.lower() else title,
        "key": key,
        "help": " ".join(filter(None, (_locked_help(name), *_explained(spec, value), f"`{name}`"))),
        "disabled": is_locked(name),
        "on_change": _change_field,
        "args": (name,),
    }
    if isinstance(spec, Choice):
        echoes.show(key, value)
        st.selectbox(
            options=list(suitable(experiment, name)),
            format_func=lambda v: _(spec.choices[v]),
            **common,
        )
    elif isinstance(spec, Switch):
        echoes.show(key, value)
        st.toggle(**common)
    elif isinstance(spec, Classes):
        _class_menu(experiment, common)
    elif isinstance(spec, Widths):
        echoes.show(key, spec.format(value))
        st.text_input(placeholder=_("none"), **common)
    elif isinstance(spec, Number):
        _number(name, spec, value, common)


def _class_menu(experiment: Experiment, common: dict[str, Any]) -> None:
    """The classes that the dataset has; nothing where nobody has labelled it."""
    names = datasets.DATASETS[experiment.dataset].classes
    if not names:
        return
    echoes.show(common["key"], list(experiment.classes))
    st.multiselect(
        options=range(len(names)),
        format_func=lambda label: _(names[label]),
        placeholder=_("all"),
        **common,
    )


def _explained(spec: Spec, value: Any) -> list[str]:
    """What a field does, and what the present choice does."""
    chosen = spec.says.get(value) if isinstance(spec, Choice) else None
    return [_(spec.help), *([_(chosen)] if chosen else [])]


def _number(name: str, spec: Number, value: float, common: dict[str, Any]) -> None:
    high = _high(name, spec)
    value = min(value, high)
    if spec.log:
        echoes.show(common["key"], value)
        st.select_slider(options=_ladder(spec, value, high), format_func=_short, **common)
    elif name == "seed" or spec.part == "stop":
        kind = int if spec.whole else float
        echoes.show(common["key"], kind(value))
        step = 1 if spec.whole else (0.001 if spec.high <= 1 else 5.0)
        st.number_input(
            min_value=kind(spec.low),
            max_value=kind(spec.high),
            step=step,
            format=None if spec.whole else "%g",
            **common,
        )
    else:
        kind = int if spec.whole else float
        echoes.show(common["key"], kind(value))
        low, high = kind(spec.low), kind(max(high, spec.low + 1) if spec.whole else high)
        step = 1 if spec.whole else (0.01 if spec.high <= 1 else 0.5)
        st.slider(min_value=low, max_value=high, step=step, **common)


def _high(name: str, spec: Number) -> float:
    """The limit that makes sense here, which other fields may lower."""
    experiment = state.experiment()
    if name == "k":
        return experiment.latent_dim
    if name == "n_train":
        return datasets.DATASETS[experiment.dataset].n_train
    return spec.high


def _ladder(spec: Number, value: float, high: float) -> list[float]:
    """Round numbers over the limits (for whole ones, powers of two as well), and the current one."""
    steps = {value, spec.low, high}
    if spec.whole:
        steps |= {2**i for i in range(17)} | {m * 10**p for m in (1, 2, 3, 5) for p in range(6)}
    else:
        steps |= {float(f"{m}e{p}") for m in (1, 2, 3, 5) for p in range(-6, 3)}
    return sorted(step for step in steps if spec.low <= step <= high)


def _short(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def data_offer() -> None:
    """Says what is learned from and whose it is, and offers the full digits or the bundled ones."""
    key = state.experiment().dataset
    spec = datasets.DATASETS[key]
    st.caption(
        _(
            "Used: {dataset}. {many}: {n_train:,} for training, {n_val:,} for validation, "
            "{n_test:,} for testing."
        ).format(
            dataset=_(spec.title),
            many=_(spec.many).capitalize(),
            n_train=min(spec.n_train, state.experiment().n_train),
            n_val=spec.n_val,
            n_test=spec.n_test,
        )
    )
    source = _("Source: {publisher}. Licence: {licence}.")
    whose = source.format(publisher=_name(spec.publisher), licence=_name(_(spec.licence)))
    st.caption(whose, unsafe_allow_html=True)
    if only := state.experiment().classes:
        names = ", ".join(_(spec.classes[label]) for label in only)
        st.caption(_("Training on these classes only: {classes}.").format(classes=names))
    other = FULL if key == datasets.BUNDLED else datasets.BUNDLED
    if other == datasets.BUNDLED:
        label = _("Use bundled digits")
    elif datasets.is_on_disk(other):
        label = _("Use full MNIST")
    else:
        size = datasets.DATASETS[other].download_bytes / 1e6
        label = _("Get full MNIST ({size:.0f} MB)").format(size=size)
    if not is_hidden("dataset"):
        st.button(
            label,
            key="other_data",
            on_click=_change_data,
            args=(other,),
            disabled=is_locked("dataset"),
            help=_locked_help("dataset"),
        )


def _name(text: str) -> str:
    """A name of people or of a licence as HTML, which is written alike in every language."""
    named = escape(text)
    return f'<span lang="en" translate="no">{named}</span>' if text.isascii() else named


def _change_data(key: str) -> None:
    try:
        state.set_experiment(state.experiment().moved_to(key))
    except ExperimentError as error:
        state.notify(error)


def _is_offered(spec: Spec, told: Any) -> bool:
    """Whether a menu of this field has such a value, not only such words."""
    if isinstance(spec, Choice):
        return told in spec.choices
    return not isinstance(spec, Classes) or all(isinstance(label, int) for label in told)


def _change_field(name: str) -> None:
    """Takes a widget's value; one that contradicts another field is said and not taken."""
    key = state.widget_key(name)
    if echoes.is_echo(key, partial(_is_offered, SPECS[name])):
        return
    experiment = state.experiment()
    changes: dict[str, Any] = {name: st.session_state[key]}
    if name == "latent_dim" and experiment.k > changes[name]:
        changes["k"] = changes[name]
    try:
        moved = experiment.moved_to(changes["dataset"]) if name == "dataset" else experiment
        state.set_experiment(moved.replace(**changes))
    except ExperimentError as error:
        state.notify(error)
