"""The glossary: every term in both languages, what it means, and where it is met."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from aecore.errors import N_
from ui.kit import language, parts, session_link, state, tables
from ui.kit.language import _
from ui.kit.page_list import PAGES

FILE = Path(__file__).parents[2] / "assets" / "lessons" / "glossary.toml"

ASKED = "term"
"""In the link of a lesson: the term that the learner wants explained."""

GLOSSARY_ASKED = "glossary_asked"

PARTS = {
    "basics": N_("Network and training"),
    "lab": N_("Codes and variants"),
    "uses": N_("Uses"),
}
PAGES_OF_PARTS = {
    "basics": ("train", "one_step", "reconstructions", "latent_space"),
    "lab": ("ae_vs_pca", "denoising", "sparsity", "variants"),
}
"""Part -> the pages whose terms it has; those of all others are uses."""


@dataclass(frozen=True)
class Term:
    """One term.

    Attributes:
        key: identifies it, in links and as the anchor of its row.
        names: in each language.
        meanings: one or two sentences in each language.
        others: the other words in use for it, in each language; the search finds them, too.
        page: the key of the page where it is met.
    """

    key: str
    names: Mapping[str, str]
    meanings: Mapping[str, str]
    others: Mapping[str, tuple[str, ...]]
    page: str

    def name(self) -> str:
        """In the learner's language."""
        return self.names[language.current()]

    def meaning(self) -> str:
        """In the learner's language."""
        return self.meanings[language.current()]


def terms() -> Mapping[str, Term]:
    """All terms by their key; read again when the file changes."""
    return _read(FILE, FILE.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> Mapping[str, Term]:
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        key: Term(
            key,
            {spoken: entry[spoken] for spoken in language.LANGUAGES},
            {spoken: entry["meaning"][spoken] for spoken in language.LANGUAGES},
            {spoken: tuple(entry.get("also", {}).get(spoken, ())) for spoken in language.LANGUAGES},
            entry["page"],
        )
        for key, entry in entries.items()
    }


def address(term: Term, query: Mapping[str, str]) -> str:
    """A link to the glossary that opens at a term; `query` is the session's own link."""
    return f"glossary?{urlencode({**query, ASKED: term.key, state.PART: part_of(term)})}#{anchor(term)}"


def anchor(term: Term) -> str:
    return f"term-{term.key}"


def found(wanted: str) -> list[Term]:
    """The terms that contain some words in either language, in the order of this one."""
    words = wanted.casefold().split()
    hits = [term for term in terms().values() if all(word in _searched(term) for word in words)]
    return sorted(hits, key=lambda term: term.name().casefold())


def _searched(term: Term) -> str:
    others = [word for words in term.others.values() for word in words]
    return " ".join([*term.names.values(), *others, term.meaning()]).casefold()


def part_of(term: Term) -> str:
    """Which part of the page has a term: as the page where it is met."""
    own = (part for part, pages in PAGES_OF_PARTS.items() if term.page in pages)
    return next(own, "uses")


def page() -> None:
    """The term that a lesson asked for, the search, and the table of one part, or of all hits."""
    if asked := st.query_params.get(ASKED):
        st.session_state[GLOSSARY_ASKED] = asked
    term = terms().get(st.session_state.get(GLOSSARY_ASKED, ""))
    with st.container(key="asked_term"):
        if term is not None:
            st.info("  \n".join([f"**{term.names['en']} · {term.names['ko']}**", *_told(term)]))
    wanted = st.text_input(
        _("Search"),
        key="_glossary_search",
        placeholder=_("a word in English or Korean"),
        icon=":material/search:",
    )
    part = parts.choose("glossary", PARTS)
    hits = found(wanted)
    if not wanted.strip():
        hits = [term for term in hits if part_of(term) == part]
    st.caption(_("Terms shown: {shown} of {n}").format(shown=len(hits), n=len(terms())))
    table(hits)


def _told(term: Term) -> list[str]:
    """What a term means, and its other names in the learner's language if there are any."""
    others = term.others[language.current()]
    also = [_("Also: {words}").format(words=", ".join(others))] if others else []
    return [term.meaning(), *also]


def table(shown: Sequence[Term]) -> None:
    """English, Korean, meaning in the learner's language, and the page where it is met."""
    link = urlencode(session_link.link())
    headings = (_("English"), _("Korean"), _("Meaning"), _("Page where it appears"))
    tables.table("glossary", headings, "".join(_row(term, link) for term in shown))


def _row(term: Term, link: str) -> str:
    met = PAGES[term.page]
    address = f"{Path(met.file).stem}?{link}"
    names = "".join(_name(term, spoken) for spoken in ("en", "ko"))
    return (
        f'<tr id="{anchor(term)}">{names}<td>{escape(term.meaning())}</td>'
        f'<td><a href="{escape(address)}">{escape(_(met.title))}</a></td></tr>'
    )


def _name(term: Term, spoken: str) -> str:
    """A term in one language, with the other words in use for it below."""
    others = ", ".join(term.others[spoken])
    below = f"<small>{escape(others)}</small>" if others else ""
    return f'<th scope="row" lang="{spoken}">{escape(term.names[spoken])}{below}</th>'
