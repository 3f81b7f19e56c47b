"""Every lesson: complete in both languages, with links, pictures and names that exist."""

import re
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from babel.messages.extract import extract_from_dir

from aecore.files import pretrained
from aecore.spec import variants
from aecore.spec.experiment import SPECS
from aecore.spec.fields import Choice
from tests.app.test_pages import open_page
from ui.kit import glossary, lesson
from ui.kit.language import LANGUAGES, catalogue
from ui.kit.page_list import PAGES

ROOT = Path(__file__).parents[2]

HEADINGS = {
    "en": ["The question", "The idea", "The formula", "Try it", "Where it fails", "Papers"],
    "ko": ["질문", "핵심 아이디어", "수식", "해 보기", "한계", "논문"],
}
TAUGHT = [key for key, page in PAGES.items() if page.about and not page.explains_itself]
HOSTS = {
    "arxiv.org", "doi.org", "openreview.net", "papers.nips.cc", "proceedings.mlr.press",
    "www.jmlr.org",
}  # fmt: skip
FILES = [(key, spoken) for key in TAUGHT for spoken in LANGUAGES]

TERM = re.compile(r"\[[^\]]+\]\(glossary:([^)]*)\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
OUTSIDE = re.compile(r"\]\(([a-z]+://[^\s]+?)\)(?=[\s.,;)]|$)", re.MULTILINE)

each_lesson = pytest.mark.parametrize(("key", "spoken"), FILES)


def text(key: str, spoken: str) -> str:
    return (lesson.LESSONS / spoken / f"{key}.md").read_text(encoding="utf-8")


def sections(key: str, spoken: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text(key, spoken), flags=re.MULTILINE)
    assert parts[0] == ""
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@cache
def interface(spoken: str) -> set[str]:
    """Everything that the interface calls by a name, in one language.

    That is each message, without its stars, and each part of one that is bold.
    """
    english = {
        message
        for folder in ("ui", "aecore", "pages")
        for _, _, message, _, _ in extract_from_dir(
            ROOT / folder, [("**.py", "python")], keywords={"_": None, "N_": None}
        )
    }
    known = catalogue(spoken) if spoken != "en" else {}

    def said(message: str) -> str:
        return known.get(message, "") if spoken != "en" else message

    names = {said(message) for message in english}
    names |= {part for name in names for part in BOLD.findall(name)}
    for key in pretrained.available():
        e = pretrained.experiment_of(key)
        names.add(f"{said(variants.get(e.variant).title)} {e.latent_dim}")
    for spec in SPECS.values():
        names |= set(spec.choices.values()) if isinstance(spec, Choice) else set()
    return {name.replace("**", "") for name in names}


def test_every_page_has_a_lesson_and_every_lesson_a_page():
    for spoken in LANGUAGES:
        assert {path.stem for path in (lesson.LESSONS / spoken).glob("*.md")} == set(TAUGHT)
    pictures = {path.stem for path in (lesson.LESSONS / "pictures").glob("*.svg")}
    assert pictures == set(TAUGHT)


@pytest.mark.parametrize("key", TAUGHT)
def test_every_page_shows_its_own_lesson(key):
    page = (ROOT / PAGES[key].file).read_text(encoding="utf-8")
    assert f', "{key}"' in page.split("lesson.head(")[1].splitlines()[0]


@each_lesson
def test_headings_stand_in_order_with_something_below(key, spoken):
    assert list(sections(key, spoken)) == HEADINGS[spoken]
    for body in sections(key, spoken).values():
        assert body.strip()


@each_lesson
def test_lesson_has_its_parts(key, spoken):
    found = sections(key, spoken)
    question, idea, formula, practice, _, papers = found.values()
    assert re.match(r"\s*[^\n]+\?\n\n\S", question)
    assert re.search(r"^!\[[^\]]{20,}\]\(\.\./pictures/" + key + r"\.svg\)$", idea, re.MULTILINE)
    assert "$$" in formula
    tasks = practice.strip().split("\n")
    assert len(tasks) >= 4
    assert all(re.match(r"- .+ → .+", task) for task in tasks)
    assert all(re.match(r"- .+ \((19|20)\d\d\): \[", line) for line in papers.strip().split("\n"))


@pytest.mark.parametrize("key", TAUGHT)
def test_both_languages_say_the_same(key):
    """As many tasks and papers, the same formula symbols' colours, the same numbers of terms."""
    english, korean = sections(key, "en"), sections(key, "ko")
    for a, b in zip(english.values(), korean.values(), strict=True):
        assert len(re.findall(r"^- ", a, re.MULTILINE)) == len(re.findall(r"^- ", b, re.MULTILINE))
        assert sorted(TERM.findall(a)) == sorted(TERM.findall(b))
        assert sorted(OUTSIDE.findall(a)) == sorted(OUTSIDE.findall(b))
        assert sorted(re.findall(r"\\textcolor\{#\w+\}", a)) == sorted(
            re.findall(r"\\textcolor\{#\w+\}", b)
        )


@each_lesson
def test_lesson_is_in_its_language(key, spoken):
    words = re.sub(r"\$+[^$]*\$+|\([^)]*\)", "", text(key, spoken).split(HEADINGS[spoken][5])[0])
    korean = sum("가" <= letter <= "힣" for letter in words)
    assert korean > 500 if spoken == "ko" else korean == 0


@each_lesson
def test_terms_are_in_the_glossary_and_linked_once(key, spoken):
    linked = TERM.findall(text(key, spoken))
    assert len(linked) >= 2
    assert set(linked) <= set(glossary.terms())
    assert len(linked) == len(set(linked))


@each_lesson
def test_every_quoted_name_is_in_the_interface(key, spoken):
    quoted = set(BOLD.findall(text(key, spoken)))
    assert quoted
    assert quoted - interface(spoken) == set()


@each_lesson
def test_bold_closes_where_markdown_sees_it(key, spoken):
    """`**k)**를` stays as written: after a bracket, stars before a letter do not close."""
    assert re.search(r"[^\w\s*]\*\*\w", BOLD.sub("x", text(key, spoken))) is None
    assert re.search(r"\*\*[^*\n]*[^\w\s*]\*\*\w", text(key, spoken)) is None


@each_lesson
def test_links_lead_to_known_places(key, spoken):
    links = OUTSIDE.findall(text(key, spoken))
    assert links
    for link in links:
        address = urlsplit(link)
        assert (address.scheme, address.hostname in HOSTS) == ("https", True)
        assert len(address.path) > 3
        if address.hostname == "doi.org":
            assert re.fullmatch(r"/10\.\d{4,}/\S+", address.path)
        if address.hostname == "arxiv.org":
            assert re.fullmatch(r"/abs/\d{4}\.\d{4,5}", address.path)


@pytest.mark.parametrize("key", TAUGHT)
def test_picture_is_valid_and_has_no_words(key):
    """One picture serves both languages: symbols only."""
    root = ElementTree.parse(lesson.LESSONS / "pictures" / f"{key}.svg").getroot()
    assert root.tag.endswith("}svg")
    assert root.get("viewBox")
    words = " ".join(element.text or "" for element in root.iter() if element.tag.endswith("text"))
    assert not re.search(r"[A-Za-z]{4,}|[가-힣]", words)


def test_every_term_has_both_languages_and_a_page():
    for key, entry in tomllib.loads(glossary.FILE.read_text(encoding="utf-8")).items():
        assert set(entry) - {"also"} == {"en", "ko", "meaning", "page"}, key
        assert set(entry.get("also", {})) <= set(LANGUAGES), key
        assert set(entry["meaning"]) == set(LANGUAGES), key
        assert entry["page"] in TAUGHT, key
        assert re.search("[가-힣]|top-k", entry["ko"]), key
        assert re.search("[가-힣]", entry["meaning"]["ko"]), key
        assert not re.search("[가-힣]", entry["en"] + entry["meaning"]["en"]), key
        assert all('"' not in meaning for meaning in entry["meaning"].values()), key


def test_every_term_name_is_there_once():
    for spoken in LANGUAGES:
        names = [term.names[spoken] for term in glossary.terms().values()]
        assert len(names) == len(set(names))


def test_broken_lesson_is_refused():
    with pytest.raises(ValueError, match="picture"):
        lesson.parse("## The question\n\nWhy?\n\nText without a picture.", lesson.LESSONS)


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_panel_is_on_the_page_and_its_terms_lead_to_the_glossary(spoken):
    app = open_page("denoising", lang=spoken)
    panel = app.expander[0]
    assert lesson.read("denoising", spoken).question in panel.label
    assert not panel.proto.expanded
    shown = "".join(element.value for element in panel.markdown)
    assert "glossary:" not in shown
    address, title = re.search(r'\]\((glossary\?[^ ]+) "([^"]+)"\)', shown).groups()
    query = parse_qs(urlsplit(address).query)
    assert query["lang"] == [spoken]
    term = glossary.terms()[query["term"][0]]
    assert urlsplit(address).fragment == f"term-{term.key}"
    assert title == term.meanings[spoken]


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_glossary_searches_in_both_languages(spoken):
    app = open_page("glossary", lang=spoken)
    everything = rows(app)
    for part in list(glossary.PARTS)[1:]:
        everything += rows(open_page("glossary", lang=spoken, part=part))
    assert sorted(everything) == sorted(glossary.terms())
    for wanted, key in (("bottleneck", "code"), ("병목", "code"), ("reparam", "reparametrisation")):
        app.text_input(key="_glossary_search").set_value(wanted).run()
        assert not app.exception
        assert key in rows(app)
        assert len(rows(app)) < 6
    app.text_input(key="_glossary_search").set_value("zzz").run()
    assert rows(app) == []


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ("노이즈", "denoising"),
        ("문턱값", "threshold"),
        ("임계값", "threshold"),
        ("정답", "label"),
        ("병목", "code"),
        ("코드", "code"),
        ("복원", "reconstruction"),
        ("과완비", "overcomplete"),
        ("그래디언트", "gradient"),
        ("latent vector", "code"),
        ("AUROC", "auc"),
    ],
)
def test_glossary_finds_a_term_by_the_other_words_in_use(wanted, key):
    app = open_page("glossary", lang="ko")
    app.text_input(key="_glossary_search").set_value(wanted).run()
    assert key in rows(app)
    entry = glossary.terms()[key]
    shown = [*entry.names.values(), *entry.others["en"], *entry.others["ko"]]
    assert any(wanted in word for word in shown)
    asked = open_page("glossary", lang="ko", term=key).info[0].value
    assert all(word in asked for word in entry.others["ko"])


def test_glossary_shows_first_what_a_lesson_asked_for():
    app = open_page("glossary", lang="en", term="prior")
    assert "사전 분포" in app.info[0].value
    assert not open_page("glossary", lang="en").info
    assert not open_page("glossary", lang="en", term="nonsense").info


def rows(app) -> list[str]:
    """The keys of the terms in the table."""
    return re.findall(
        r'<tr id="term-([a-z0-9-]+)">', "".join(e.proto.body for e in app.get("html"))
    )
