"""All variants in one table; on a phone each is a card."""

from html import escape

import streamlit as st

from aecore.errors import N_
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.variants import VARIANTS
from ui.kit import tables
from ui.kit.language import _
from ui.kit.model_diagram import choice

CHOICES = {
    "network": N_("Network"),
    "code": N_("Code"),
    "corruption": N_("Input noise"),
    "penalty": N_("Penalty"),
    "schedule": N_("Schedule"),
}
"""The five choices that make an experiment: field -> heading."""


def table() -> None:
    """Every variant with what it changes; of the five choices, what differs is marked."""
    vanilla = VARIANTS["vanilla"]
    st.caption(
        _(
            "Five choices make a variant. What differs from the plain autoencoder "
            "({vanilla}) is marked."
        ).format(vanilla=_(vanilla.title))
    )
    headings = [_("Variant"), _("What it changes"), *map(_, CHOICES.values()), _("Good for")]
    tables.table("variants", headings, "".join(_row(key, headings) for key in VARIANTS))


def _row(key: str, headings: list[str]) -> str:
    variant = VARIANTS[key]
    cells = [_cell(headings[1], _(variant.changes))]
    for name, heading in zip(CHOICES, headings[2:], strict=False):
        e = variant.experiment
        cells.append(_cell(heading, said(e, name), _differs(e, name)))
    cells.append(_cell(headings[-1], _(variant.purpose)))
    return (
        f'<tr><th scope="row">{escape(_(variant.title))}'
        f"<small>{escape(variant.paper)}</small></th>{''.join(cells)}</tr>"
    )


def _cell(heading: str, words: str, marked: bool = False) -> str:
    inside = f"<mark>{escape(words)}</mark>" if marked else escape(words)
    return f'<td data-heading="{escape(heading)}"><span>{inside}</span></td>'


def said(e: Experiment, name: str) -> str:
    """One of the five choices in a few words, with its most telling number."""
    words = choice(e, name)
    hidden = "-".join(map(str, e.hidden)) or _("(none hidden)")
    number = {
        "network": hidden if e.network != "linear" else "",
        "code": str(e.latent_dim),
        "corruption": SPECS["noise_level"].format(e.noise_level) if e.corruption != "none" else "",
    }.get(name, "")
    return f"{words} {number}".strip()


def _differs(e: Experiment, name: str) -> bool:
    changed = e.differences(VARIANTS["vanilla"].experiment)
    part = SPECS[name].part
    names = [name] if name == "schedule" else [f for f in SPECS if SPECS[f].part == part]
    return any(field in changed for field in names)
