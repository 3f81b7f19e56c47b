"""CHANGELOG.md keeps to its form, and knows the version that the library says it has."""

import re
from datetime import date
from pathlib import Path

from aecore.spec.variants import VARIANTS
from aecore.version import __version__

TEXT = (Path(__file__).parents[2] / "CHANGELOG.md").read_text("utf-8")
RELEASES = re.findall(r"^## (.+)$", TEXT, flags=re.MULTILINE)
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")


def test_releases_have_a_version_and_a_date_newest_first():
    first, *others = RELEASES
    assert first == "[Unreleased]"
    found = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", name) for name in others]
    assert all(found)
    numbers = [tuple(map(int, release.groups()[:3])) for release in found]
    days = [date.fromisoformat(release[4]) for release in found]
    assert numbers == sorted(numbers, reverse=True)
    assert days == sorted(days, reverse=True)


def test_version_of_the_library_is_the_newest_release():
    assert RELEASES[1].startswith(f"[{__version__}]")


def test_changes_are_of_the_usual_kinds_each_once_and_none_empty():
    for release in re.split(r"^## .+$", TEXT, flags=re.MULTILINE)[1:]:
        parts = re.split(r"^### (.+)$", release, flags=re.MULTILINE)[1:]
        kinds, bodies = parts[::2], parts[1::2]
        assert kinds == [kind for kind in KINDS if kind in kinds]
        for body in bodies:
            lines = body.strip().splitlines()
            assert lines
            assert all(re.match(r"- \S", line) for line in lines)


def test_changelog_counts_the_variants_of_its_first_release():
    assert "Fifteen variants" in TEXT
    assert len(VARIANTS) >= 15
