"""The lesson of a page: a panel below its title, closed until the learner opens it.

A lesson is one Markdown file for each language, ``assets/lessons/<language>/<page>.md``, with six
headings. The first paragraph is the question that the panel is labelled with; the picture stands
between the idea and the formula. Bold words are the interface's own, `[words](glossary:key)` is a
term of the glossary, and colours are those of the light theme, so that a file reads well anywhere.
"""

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from aecore.figures import style
from ui.kit import drawing, glossary, language, session_link
from ui.kit.frame import is_dark
from ui.kit.language import _

LESSONS = Path(__file__).parents[2] / "assets" / "lessons"

WIDTH = 760
"""Of the text, in CSS pixels: longer lines are hard to read."""

PICTURE_WIDTH = 640

_PICTURE = re.compile(r"^!\[(?P<alt>[^\]]*)\]\((?P<file>[^)]+)\)$", re.MULTILINE)
_TERM = re.compile(r"\[(?P<words>[^\]]+)\]\(glossary:(?P<key>[a-z0-9-]+)\)")


@dataclass(frozen=True)
class Lesson:
    """A lesson, cut where its picture stands.

    Attributes:
        question: the label of the panel.
        before, after: Markdown up to the picture and from there on.
        picture: SVG.
        alt: what the picture shows, in words.
    """

    question: str
    before: str
    picture: str
    alt: str
    after: str


def head(title: str, page: str, help: str | None = None) -> None:
    """The title of a page, and its lesson beside it.

    Opened, the lesson stands beside the page (below it where there is no room), so that what it
    says to try is tried with both in sight.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(title, help=help, width="content")
        panel(page)


def panel(page: str) -> None:
    """The lesson of a page, closed."""
    lesson, query = read(page, language.current()), session_link.link()
    label = _("Lesson · {question}").format(question=lesson.question)
    with (
        st.container(key="lesson"),
        st.expander(label, icon=":material/menu_book:"),
    ):
        st.markdown(_shown(lesson.before, query), width=WIDTH)
        drawing.show(
            _named(_coloured(lesson.picture), lesson.alt), width=PICTURE_WIDTH, key="lesson_picture"
        )
        st.caption(lesson.alt, width=PICTURE_WIDTH)
        st.markdown(_shown(lesson.after, query), width=WIDTH)


def _named(svg: str, alt: str) -> str:
    """The picture with its words for those who cannot see it."""
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)


def read(page: str, spoken: str) -> Lesson:
    """The lesson in a file; read again when the file changes."""
    path = LESSONS / spoken / f"{page}.md"
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> Lesson:
    return parse(path.read_text(encoding="utf-8"), path.parent)


def parse(text: str, folder: Path) -> Lesson:
    """Cuts the Markdown of a lesson.

    Args:
        text: the file.
        folder: where it lies; the picture's file is given from there.

    Raises:
        ValueError: there is no picture on a line of its own, or no question in front of it.
    """
    picture = _PICTURE.search(text)
    parts = text[: picture.start()].strip().split("\n\n", 2) if picture else []
    if picture is None or len(parts) < 3:
        raise ValueError("a lesson begins with a heading, a question and a text, and has a picture")
    return Lesson(
        question=parts[1],
        before=_smaller(parts[2]),
        picture=(folder / picture["file"]).read_text(encoding="utf-8"),
        alt=picture["alt"],
        after=_smaller(text[picture.end() :].strip()),
    )


def _smaller(text: str) -> str:
    """Headings two steps down: the page's own stand above them."""
    return re.sub(r"^## ", "#### ", text, flags=re.MULTILINE)


def _shown(text: str, query: dict[str, str]) -> str:
    """The text with its colours for this theme, and its terms as links to the glossary."""

    def link(found: re.Match[str]) -> str:
        term = glossary.terms()[found["key"]]
        return f'[{found["words"]}]({glossary.address(term, query)} "{term.meaning()}")'

    return _TERM.sub(link, _coloured(text))


def _coloured(text: str) -> str:
    """The light theme's colours, replaced by those of the theme in use."""
    if is_dark():
        for field in fields(style.Palette):
            if field.type is str or field.type == "str":
                text = text.replace(
                    getattr(style.LIGHT, field.name), getattr(style.DARK, field.name)
                )
    return text
