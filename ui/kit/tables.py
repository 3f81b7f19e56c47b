"""Tables of sentences, which become cards or paragraphs on a phone."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Literal

import streamlit as st

from aecore.figures.style import palette
from ui.kit.frame import is_dark

STYLE = Path(__file__).parents[2] / "assets" / "tables.css"


def table(kind: Literal["variants", "glossary"], headings: Iterable[str], rows: str) -> None:
    """A table in the lab's own colours.

    Args:
        kind: what it is of: how wide its columns are, and what becomes of it on a phone.
        headings: one of each column.
        rows: HTML of the table's body.
    """
    colours = palette(is_dark())
    variables = f"--lab-line:{colours.grid};--lab-link:{colours.encoder};--lab-mark:{colours.code}"
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    st.html(
        f"<style>{STYLE.read_text(encoding='utf-8')}</style>"
        f'<div class="lab-table lab-{kind}" style="{variables}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
