"""English and Korean are both complete."""

import ast
import re
import sys
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from ui.kit import language as spoken
from ui.kit.language import LANGUAGES, LOCALE

ROOT = Path(__file__).parents[2]
OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.fixture(scope="module")
def messages():
    found = set()
    for folder in ("ui", "aecore", "pages"):
        for _, _, message, _, _ in extract_from_dir(
            ROOT / folder, [("**.py", "python")], keywords={"_": None, "N_": None}
        ):
            found.add(message)
    for _, _, message, _, _ in extract_from_dir(
        ROOT,
        [("app.py", "python")],
        keywords={"_": None, "N_": None},
        directory_filter=lambda path: False,
    ):
        found.add(message)
    return found


def read(language: str):
    with (LOCALE / language / "LC_MESSAGES" / "lab.po").open("rb") as file:
        return read_po(file, locale=language)


def placeholders(text: str) -> list[tuple[str, str]]:
    return sorted((name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None)


def test_extraction_finds_strings_of_every_layer(messages):
    assert {"Play", "Code size", "Understand autoencoders by training them"} <= messages


@pytest.mark.parametrize("language", OTHERS)
def test_catalogue_has_every_message_and_nothing_else(language, messages):
    translated = {m.id for m in read(language) if m.id and m.string}
    assert messages - translated == set()
    assert translated - messages == set()


@pytest.mark.parametrize("language", OTHERS)
def test_app_reads_the_catalogue_as_it_was_written_and_without_babel(language, monkeypatch):
    written = {m.id: m.string for m in read(language) if m.id and m.string}
    monkeypatch.setitem(sys.modules, "babel", None)
    path = LOCALE / language / "LC_MESSAGES" / "lab.po"
    assert spoken._read.__wrapped__(path, 0) == written


def test_app_reads_nothing_fuzzy_or_obsolete(tmp_path):
    path = tmp_path / "lab.po"
    path.write_text(
        'msgid "a"\nmsgstr "1"\n\n#, fuzzy\nmsgid "b"\nmsgstr "2"\n\nmsgid "c"\nmsgstr ""\n\n'
        '#~ msgid "d"\n#~ msgstr "4"\n'
    )
    assert spoken._read.__wrapped__(path, 0) == {"a": "1"}


@pytest.mark.parametrize("language", OTHERS)
def test_catalogue_has_nothing_fuzzy_or_obsolete(language):
    catalogue = read(language)
    assert [m.id for m in catalogue if m.id and m.fuzzy] == []
    assert list(catalogue.obsolete) == []


@pytest.mark.parametrize("language", OTHERS)
def test_translation_keeps_the_placeholders(language):
    wrong = [
        m.id for m in read(language) if m.id and placeholders(m.id) != placeholders(str(m.string))
    ]
    assert wrong == []


def test_korean_sentences_are_korean():
    sentences = [m for m in read("ko") if m.id and len(m.id.split()) > 3]
    foreign = [m.id for m in sentences if not any("가" <= c <= "힣" for c in str(m.string))]
    assert foreign == []


@pytest.mark.parametrize(
    "path", sorted(p for folder in ("ui", "pages", "aecore") for p in (ROOT / folder).rglob("*.py"))
)
def test_no_message_hides_inside_an_f_string(path):
    """Babel does not look there, so such a message would stay English without anyone noticing."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = [
        ast.unparse(call)
        for text in ast.walk(tree)
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in ("_", "N_")
        and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


@pytest.mark.parametrize("language", OTHERS)
def test_bold_ends_where_markdown_sees_it(language):
    # "**70%**는" stays as written: after a punctuation mark, stars before a letter do not close.
    broken = [
        m.string for m in read(language) if re.search(r"[^\w\s}*]\*\*\w", str(m.string or ""))
    ]
    assert broken == []


def test_per_cent_follows_its_number_at_once(messages):
    said = messages | {str(m.string) for language in OTHERS for m in read(language)}
    assert [text for text in said if re.search(r"[}\d*]\s%(?![({])", text)] == []
